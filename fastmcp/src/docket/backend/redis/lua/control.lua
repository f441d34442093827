-- Operations on the docket as a whole, and on executions from outside of their runs.

function steps.cancel()
  -- MGET returns nil for a value of another type, where GET would fail.
  local id = call('MGET', prefix .. 'k:' .. ARGV[7])[1]
  local reason, nonce = ARGV[8], ARGV[9]
  if not id then
    return 'unknown'
  end
  if ending.cancel_waiting(id, reason) then
    -- The result's time to live may be zero. Writing to a deleted key would create it again, without an expiry.
    if execution.exists(id) then
      execution.write(id, 'said', nonce)
    end
    return 'removed'
  end
  local f = execution.read_fields(id, 'state', 'successor', 'said')
  if f.state ~= 'running' then
    -- The nonce identifies a repeated call, which gets the first reply again.
    return f.said == nonce and 'removed' or 'unknown'
  end
  if f.successor then
    ending.cancel_waiting(f.successor, reason)
  end
  ending.signal_cancel(id, reason)
  return 'signalled'
end

-- Wakes every sleeping worker, without removing it from the sleepers.
function control.wake_all()
  for _, sleeper in ipairs(call('ZRANGE', prefix .. 'sleepers', 0, -1)) do
    local process, worker = string.match(sleeper, '^(%x+) (.*)$')
    if process then
      events.send_event(process, 'event', 'work', 'worker', worker)
    end
  end
end

function steps.restore()
  local set = prefix .. 'struck:' .. ARGV[7]
  call('SREM', prefix .. 'struck', ARGV[7])
  -- These executions have waited longest, so they go to the front. Pushing the last one first keeps their order.
  for _, id in ipairs(call('ZREVRANGE', set, 0, -1)) do
    call('ZREM', set, id)
    execution.erase(id, 'at')
    local f = execution.read_fields(id, 'priority', 'owner')
    queue.push_ready_front(id, f.priority, f.owner)
  end
  return 'done'
end

-- Cancels up to 500 waiting executions, so that a large docket does not block Redis. Returns the numbers of cancelled
-- and of skipped executions, and whether all are done. The caller repeats the step, and passes the total number of
-- skipped executions.
function steps.clear()
  local from, to, batch = ARGV[7], ARGV[8], 500
  local ids = call('ZRANGEBYSCORE', prefix .. 'alive', from, to, 'LIMIT', ARGV[9], batch)
  local cancelled, skipped = 0, 0
  for _, id in ipairs(ids) do
    if ending.guarded(id, ending.cancel_waiting, 'the docket was cleared') then
      cancelled = cancelled + 1
    else
      skipped = skipped + 1
    end
  end
  return { int(cancelled), int(skipped), #ids < batch and '1' or '0', int(now) }
end

-- Turns an execution that is no longer a dead letter into an ordinary result: its record stays readable. `replay` is
-- the execution that repeats it, if there is one.
function control.keep_as_result(id, key, replay)
  counts.remove_over(id)
  if replay then
    -- The steps that the dead letter has recorded must not run again.
    journal.move(id, replay)
  else
    journal.clear(id)
  end
  call('LREM', prefix .. 'd:' .. key, 0, id)
  call('ZREM', prefix .. 'dead', id)
  execution.erase(id, 'letter')
  execution.write(id, 'body', '')
  local expires = now + docket.result_ttl
  counts.add_over(id, expires)
  execution.expire_at(id, expires)
  if call('GET', prefix .. 'k:' .. key) == id then
    docket.expire_at(prefix .. 'k:' .. key, expires)
  end
end

-- Submits a dead letter again, as a new execution. Returns nil if the dead letter no longer exists.
function control.resubmit(id, nonce)
  local f = execution.read_fields(id, 'letter', 'task', 'key', 'body', 'priority', 'limits', 'note', 'owner')
  if not f.letter or not f.task then
    return nil
  end
  -- A cooldown does not hold back a replay.
  local limits = f.limits and cjson.decode(f.limits) or nil
  if limits then
    limits.cooldown = nil
    limits = next(limits) and limits or nil
  end
  local answer = admission.admit({ key = f.key, task = f.task, body = f.body or '', priority = f.priority or '1', when = '', conflict = 'keep', limits = limits, note = f.note or nil, owner = f.owner or nil, nonce = nonce })
  if answer[1] == 'accepted' then
    control.keep_as_result(id, f.key, answer[2])
  end
  return answer
end

-- Submits the latest dead letter of a key again, as a new execution.
function steps.replay()
  local letters = prefix .. 'd:' .. ARGV[7]
  local present = call('MGET', prefix .. 'k:' .. ARGV[7])[1]
  if present and execution.read(present, 'nonce') == ARGV[8] then
    return { 'accepted', present }
  end
  while true do
    local id = call('LINDEX', letters, -1)
    if not id then
      return { 'none' }
    end
    local answer = control.resubmit(id, ARGV[8])
    if answer then
      return answer
    end
    -- The execution has expired.
    call('RPOP', letters)
  end
end

-- Replaces the note of a parked execution if it equals `expected`, and optionally makes the execution ready.
function steps.amend()
  local id, expected, note, wake, nonce = ARGV[7], ARGV[8], ARGV[9], ARGV[10] == '1', ARGV[11]
  local f = execution.read_fields(id, 'state', 'parked', 'note', 'watch', 'said')
  if not f.state then
    return 'unknown'
  end
  if f.said == nonce then
    return 'done'
  end
  if f.state ~= 'scheduled' or not f.parked or f.note ~= expected then
    return 'stale'
  end
  execution.write(id, 'note', note, 'updated', int(now), 'said', nonce)
  if wake then
    journal.wake(id)
  else
    events.publish_state(id, f.watch)
  end
  return 'done'
end

-- Moves the due time of a scheduled execution whose timetable is `expected`.
function steps.reschedule()
  local id, expected, when, timetable, nonce = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11]
  local f = execution.read_fields(id, 'state', 'plan', 'parked', 'behind', 'watch', 'said')
  if f.said == nonce then
    return 'done'
  end
  if f.state ~= 'scheduled' or f.parked or f.behind or f.plan ~= expected then
    return 'stale'
  end
  execution.write(id, 'plan', timetable, 'due', int(admission.resolve_due(when)), 'updated', int(now), 'said', nonce)
  call('ZREM', prefix .. 'later', id)
  events.publish_state(id, f.watch)
  ending.enqueue(id)
  return 'done'
end

-- Deregisters a worker and passes its unclaimed offers to others. Its leases run on: a blocked body may still hold one.
function steps.deregister()
  local worker = ARGV[7]
  local offers = call('ZRANGE', prefix .. 'offers:' .. worker, 0, -1)
  call('DEL', prefix .. 'offers:' .. worker, prefix .. 'w:' .. worker)
  call('ZREM', prefix .. 'workers', worker)
  call('ZREM', prefix .. 'sleepers', this_process .. ' ' .. worker)
  for _, id in ipairs(offers) do
    call('ZREM', prefix .. 'timed', id)
    execution.erase(id, 'offered', 'at')
    ending.guarded(id, timers.offer_to_next, worker)
  end
  return 'done'
end
