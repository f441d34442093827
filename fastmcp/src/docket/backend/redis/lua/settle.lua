-- Settlements: the end of a run, and the next state of its execution.

-- Returns the next state. The transitions are those of the state machine in `model/state.rs`.
local function next_state(kind, again, has_successor)
  if kind == 'completed' then
    return again and not has_successor and 'scheduled' or 'completed'
  elseif kind == 'failed' then
    return again and not has_successor and 'scheduled' or 'failed'
  elseif kind == 'retry' then
    return has_successor and 'failed' or 'scheduled'
  elseif kind == 'snoozed' or kind == 'parked' or kind == 'suspended' then
    return has_successor and 'cancelled' or 'scheduled'
  elseif kind == 'release' or kind == 'unknown_task' then
    return has_successor and 'cancelled' or 'queued'
  elseif kind == 'undecodable' then
    return 'dead'
  end
  return 'cancelled'
end

-- Settles one run. `s` has the token, the outcome, its payload (JSON or text), a line for the history, and the
-- due time and envelope of the next run.
local function settle_one(id, s)
  local f = read_fields(id, 'state', 'token', 'key', 'worker', 'cancelling', 'limits', 'successor', 'attempt',
    'delivery', 'history', 'reason', 'watch', 'priority', 'keep', 'failure', 'owner', 'entries', 'task')
  -- The fence: a worker that has lost its lease may still try to settle, but must not affect the run that replaced
  -- its own.
  if f.state ~= 'running' or f.token ~= s.token then
    return 'fenced'
  end
  local set = {}
  local function put(name, value)
    set[#set + 1] = name
    set[#set + 1] = value
  end
  local is_failure = s.kind == 'failed' or s.kind == 'retry'
  if s.kind == 'completed' and not f.cancelling then
    put('result', s.payload)
    -- The failure of an earlier attempt no longer applies.
    if f.failure then
      execution.erase(id, 'failure')
    end
  elseif is_failure then
    put('failure', s.payload)
  elseif (s.kind == 'discard' or s.kind == 'undecodable') and not f.reason then
    put('reason', s.payload)
  end
  if is_failure or s.kind == 'unknown_task' then
    put('history', append_history(f.history, f.worker, f.attempt, f.delivery, s.history_line))
  end
  local state = f.cancelling and 'cancelled' or next_state(s.kind, s.again, f.successor)
  put('state', state)
  put('updated', int(now))
  moved(f.task, 'running', state)
  local is_declined = state == 'queued' and s.kind == 'unknown_task'
  release_run(id, f.worker, f.token, f.cancelling, f.limits, not is_declined and f.owner)
  if state == 'scheduled' and s.kind == 'parked' then
    put('delivery', '0')
    put('note', s.payload)
    put('parked', '1')
    execution.write(id, unpack(set))
    -- At infinity the execution never becomes due. `amend` removes it from the set.
    call('ZADD', prefix .. 'later', '+inf', id)
    publish_state(id, f.watch)
  elseif state == 'scheduled' and s.kind == 'suspended' then
    put('delivery', '0')
    local note = optional(s.payload)
    if note then
      put('note', note)
    end
    put('parked', '1')
    execution.write(id, unpack(set))
    journal.suspend(id, f.token, f.watch, cjson.decode(s.history_line), s.again and resolve_due(s.when))
  elseif state == 'scheduled' then
    if s.kind == 'retry' then
      put('attempt', int((tonumber(f.attempt) or 1) + 1))
    elseif s.kind ~= 'snoozed' then
      put('attempt', '1')
      execution.erase(id, 'note')
      if f.entries then
        journal.clear(id)
      end
    end
    -- A retry belongs to the run that the timetable has set. Any other due time is a new one.
    if s.timetable ~= '' then
      put('plan', s.timetable)
    elseif s.kind ~= 'retry' then
      execution.erase(id, 'plan')
    end
    put('delivery', '0')
    put('due', int(resolve_due(s.when)))
    if s.body then
      put('body', s.body)
    end
    execution.write(id, unpack(set))
    publish_state(id, f.watch)
    enqueue(id)
  elseif state == 'queued' then
    -- A run that was released does not count as a delivery.
    put('delivery', int(math.max((tonumber(f.delivery) or 1) - 1, 0)))
    execution.write(id, unpack(set))
    if is_declined then
      offer_to_next(id, f.worker)
    else
      push_ready_front(id, f.priority, f.owner)
      publish_state(id, f.watch)
    end
  else
    put('ended', int(now))
    -- A dead letter keeps its body, for a replay.
    local is_letter = state == 'dead'
      or state == 'failed' and s.kind == 'failed' and not s.discard_failed and not f.successor
    if not is_letter then
      put('body', '')
    end
    execution.write(id, unpack(set))
    if f.successor then
      execution.erase(id, 'successor')
    end
    finish(id, state, f.key, f.watch, f.successor, f.keep, nil, is_letter)
  end
  return state
end

-- The number of arguments of a settlement with options.
local OPTION_ARGS = 7

local function settle()
  local answers = {}
  local i = 7
  while i <= #ARGV do
    local id, s = ARGV[i], { token = ARGV[i + 1], kind = 'completed', when = '', timetable = '' }
    local payload = optional(ARGV[i + 2])
    if payload then
      s.payload = payload
      i = i + 3
    else
      s.kind, s.payload, s.history_line, s.again = ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6] ~= '-'
      s.when, s.body, s.timetable, s.discard_failed = ARGV[i + 6], optional(ARGV[i + 7]), ARGV[i + 8], ARGV[i + 9] ~= ''
      i = i + 3 + OPTION_ARGS
    end
    answers[#answers + 1] = guarded(id, settle_one, s) or 'fenced'
  end
  return answers
end

-- Stores a run's progress and sends it to the watching processes.
local function report()
  local id, token, progress = ARGV[7], ARGV[8], ARGV[9]
  local f = read_fields(id, 'state', 'token', 'watch')
  if f.state ~= 'running' or f.token ~= token then
    return 'fenced'
  end
  execution.write(id, 'progress', progress, 'updated', int(now))
  if f.watch then
    for process in string.gmatch(f.watch, '%x+') do
      send_event(process, 'event', 'progress', 'id', id, 'progress', progress)
    end
  end
  return 'running'
end
