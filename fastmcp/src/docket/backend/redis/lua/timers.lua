-- State changes that happen when a time is reached: due executions, expired leases, offers and retention periods.

local function is_worker_alive(worker)
  return tonumber(call('ZSCORE', prefix .. 'workers', worker) or 0) > now
end

-- Offers a queued execution to a live worker that has not declined it. If there is no such worker, the execution
-- becomes a dead letter.
function timers.offer_to_next(id, decliner)
  local f = execution.read_fields(id, 'refused', 'task', 'key', 'watch', 'successor', 'keep', 'attempt', 'owner')
  local declined = f.refused and cjson.decode(f.refused) or {}
  declined[#declined + 1] = decliner
  local has_declined = {}
  for _, name in ipairs(declined) do
    has_declined[name] = true
  end
  -- The worker seen last is the most likely to be alive.
  local chosen, last_seen = nil, -1
  for _, name in ipairs(call('ZRANGEBYSCORE', prefix .. 'workers', '(' .. int(now), '+inf')) do
    if not has_declined[name] then
      local seen = tonumber(call('HGET', prefix .. 'w:' .. name, 'seen') or 0)
      if seen > last_seen then
        chosen, last_seen = name, seen
      end
    end
  end
  if not chosen then
    local reason = 'no worker has a handler for the task `' .. (f.task or '?') .. '`; declined by '
      .. table.concat(declined, ', ')
    execution.write(id, 'refused', cjson.encode(declined), 'state', 'dead', 'ended', int(now), 'reason', reason)
    ending.log_dead_letter(f.key, f.task, f.attempt, reason)
    counts.moved(f.task, 'queued', 'dead')
    execution.erase(id, 'at', 'offered')
    queue.run_ended(id, f.owner)
    ending.finish(id, 'dead', f.key, f.watch, f.successor, f.keep, nil, true)
    return
  end
  execution.write(id, 'refused', cjson.encode(declined), 'offered', chosen, 'at', 'timed',
    'updated', int(now))
  events.publish_state(id, f.watch)
  local process, lease = unpack(call('HMGET', prefix .. 'w:' .. chosen, 'node', 'lease'))
  lease = tonumber(lease) or 0
  call('ZADD', prefix .. 'offers:' .. chosen, docket.back_position(1), id)
  docket.expire_after(prefix .. 'offers:' .. chosen, 60000000 + 2 * lease)
  -- This timer detects a worker that dies without claiming the offer.
  call('ZADD', prefix .. 'timed', int(now + lease), id)
  docket.timers_changed = true
  if process then
    events.send_event(process, 'event', 'work', 'worker', chosen)
  end
end

-- Ends a run whose lease expired: the execution is queued again, cancelled, or dead after its last delivery.
local function lose_lease(id)
  local f = execution.read_fields(id, 'state', 'key', 'worker', 'token', 'cancelling', 'limits', 'successor', 'attempt',
    'delivery', 'max', 'history', 'reason', 'watch', 'priority', 'keep', 'owner', 'task')
  if f.state ~= 'running' or not f.key then
    error('it has a lease but is not running', 0)
  end
  local delivery, max_deliveries = tonumber(f.delivery) or 1, tonumber(f.max) or 1
  local set = { 'history',
    events.append_history(f.history, f.worker, f.attempt, f.delivery, 'the worker did not renew its lease in time'),
    'updated', int(now) }
  local state = 'queued'
  if f.cancelling or f.successor then
    state = 'cancelled'
    set[#set + 1] = 'reason'
    set[#set + 1] = f.reason or 'replaced after its worker was lost'
    set[#set + 1] = 'body'
    set[#set + 1] = ''
  elseif delivery >= max_deliveries then
    state = 'dead'
    local reason = 'its worker was lost in ' .. int(delivery) .. ' of ' .. int(max_deliveries) .. ' deliveries'
    set[#set + 1] = 'reason'
    set[#set + 1] = reason
    ending.log_dead_letter(f.key, f.task, f.attempt, reason)
  end
  counts.moved(f.task, 'running', state)
  set[#set + 1] = 'state'
  set[#set + 1] = state
  if state ~= 'queued' then
    set[#set + 1] = 'ended'
    set[#set + 1] = int(now)
  end
  execution.write(id, unpack(set))
  ending.release_run(id, f.worker, f.token, f.cancelling, f.limits, f.owner)
  if state == 'queued' then
    queue.push_ready_front(id, f.priority, f.owner)
    events.publish_state(id, f.watch)
  else
    execution.erase(id, 'successor')
    ending.finish(id, state, f.key, f.watch, f.successor, f.keep, nil, state == 'dead')
  end
end

-- Handles an elapsed timer of a queued execution: its assigned start time, or an offer that was not claimed.
local function timer_elapsed(id)
  local f = execution.read_fields(id, 'state', 'priority', 'offered', 'owner')
  if f.state ~= 'queued' then
    error('it has a timer but is not queued', 0)
  end
  if not f.offered then
    execution.erase(id, 'at')
    queue.push_ready_back(id, f.priority, f.owner)
    return
  end
  if is_worker_alive(f.offered) then
    -- The worker is busy and claims the offer when it has a free slot.
    local lease = tonumber(call('HGET', prefix .. 'w:' .. f.offered, 'lease')) or 1000000
    call('ZADD', prefix .. 'timed', int(now + lease), id)
    return
  end
  call('ZREM', prefix .. 'offers:' .. f.offered, id)
  execution.erase(id, 'offered', 'at')
  timers.offer_to_next(id, f.offered)
end

local function become_due(id)
  local f = execution.read_fields(id, 'state', 'priority', 'watch', 'task', 'owner', 'parked')
  if f.state ~= 'scheduled' or not f.task then
    error('it has a due time but is not scheduled', 0)
  end
  if f.parked then
    journal.wake(id)
    return
  end
  execution.write(id, 'state', 'queued', 'updated', int(now))
  counts.moved(f.task, 'scheduled', 'queued')
  queue.push_ready_back(id, f.priority, f.owner)
  events.publish_state(id, f.watch)
end

local RETENTION_ENDED = 'its retention period ended'

-- Cancels an execution whose own retention period is over. Executions that have ended expire with their key's time to
-- live.
local function retention_elapsed(id)
  if not ending.cancel_waiting(id, RETENTION_ENDED) then
    ending.signal_cancel(id, RETENTION_ENDED)
  end
end

-- The maximum number of timers per set and step, so that a backlog does not block Redis. Workers claim again until
-- none are left.
local MAX_DUE = 500

-- Applies the timers that have elapsed. It runs before each step, so that the step acts on the current state.
function timers.apply_timers()
  local at = int(now)
  for _, timer in ipairs({
    { 'later', become_due }, { 'timed', timer_elapsed }, { 'leases', lose_lease }, { 'kept', retention_elapsed },
  }) do
    local due = call('ZRANGEBYSCORE', prefix .. timer[1], '-inf', at, 'LIMIT', 0, MAX_DUE)
    for _, id in ipairs(due) do
      call('ZREM', prefix .. timer[1], id)
      ending.guarded(id, timer[2])
    end
  end
end

-- Returns the time of the next timer. Parked executions are at infinity and are ignored.
function timers.next_timer()
  local earliest = nil
  for _, set in ipairs({ 'later', 'timed', 'leases', 'kept', 'orphans' }) do
    local first = call('ZRANGE', prefix .. set, 0, 0, 'WITHSCORES')
    local time = first[2] and tonumber(first[2])
    if time and time < math.huge and (not earliest or time < earliest) then
      earliest = time
    end
  end
  return earliest
end
