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
  local f = execution.read_fields(id, 'state', 'token', 'key', 'worker', 'cancelling', 'limits', 'successor', 'attempt',
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
    put('history', events.append_history(f.history, f.worker, f.attempt, f.delivery, s.history_line))
  end
  local state = f.cancelling and 'cancelled' or next_state(s.kind, s.again, f.successor)
  put('state', state)
  put('updated', int(now))
  counts.moved(f.task, 'running', state)
  local is_declined = state == 'queued' and s.kind == 'unknown_task'
  ending.release_run(id, f.worker, f.token, f.cancelling, f.limits, not is_declined and f.owner)
  if state == 'scheduled' and s.kind == 'parked' then
    put('delivery', '0')
    put('note', s.payload)
    put('parked', '1')
    execution.write(id, unpack(set))
    -- At infinity the execution never becomes due. `amend` removes it from the set.
    call('ZADD', prefix .. 'later', '+inf', id)
    events.publish_state(id, f.watch)
  elseif state == 'scheduled' and s.kind == 'suspended' then
    put('delivery', '0')
    local note = admission.optional(s.payload)
    if note then
      put('note', note)
    end
    put('parked', '1')
    execution.write(id, unpack(set))
    journal.suspend(id, f.token, f.watch, cjson.decode(s.history_line), s.again and admission.resolve_due(s.when))
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
    put('due', int(admission.resolve_due(s.when)))
    if s.body then
      put('body', s.body)
    end
    execution.write(id, unpack(set))
    events.publish_state(id, f.watch)
    ending.enqueue(id)
  elseif state == 'queued' then
    -- A run that was released does not count as a delivery.
    put('delivery', int(math.max((tonumber(f.delivery) or 1) - 1, 0)))
    execution.write(id, unpack(set))
    if is_declined then
      timers.offer_to_next(id, f.worker)
    else
      queue.push_ready_front(id, f.priority, f.owner)
      events.publish_state(id, f.watch)
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
    ending.finish(id, state, f.key, f.watch, f.successor, f.keep, nil, is_letter)
  end
  return state
end

-- The number of arguments after a settlement with options.
local OPTION_ARGS = 7

-- A settlement is one argument, `<id> <token>=<result>`; one with options has no result.
function steps.settle()
  local answers = {}
  local i = 7
  while i <= #ARGV do
    local id, token, place = string.match(ARGV[i], '^(%d+) (%d+)=?()')
    local s = { token = token, kind = 'completed', when = '', timetable = '', payload = string.sub(ARGV[i], place) }
    if not string.find(ARGV[i], '=', 1, true) then
      s.kind, s.payload, s.history_line, s.again = ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4] ~= '-'
      s.when, s.body, s.timetable = ARGV[i + 4], admission.optional(ARGV[i + 5]), ARGV[i + 6]
      s.discard_failed = ARGV[i + 7] ~= ''
      i = i + OPTION_ARGS
    end
    i = i + 1
    answers[#answers + 1] = ending.guarded(id, settle_one, s) or 'fenced'
  end
  return answers
end

-- Stores a run's progress and sends it to the watching processes.
function steps.report()
  local id, token, progress = ARGV[7], ARGV[8], ARGV[9]
  local f = execution.read_fields(id, 'state', 'token', 'watch')
  if f.state ~= 'running' or f.token ~= token then
    return 'fenced'
  end
  execution.write(id, 'progress', progress, 'updated', int(now))
  if f.watch then
    for process in string.gmatch(f.watch, '%x+') do
      events.send_event(process, 'event', 'progress', 'id', id, 'progress', progress)
    end
  end
  return 'running'
end
