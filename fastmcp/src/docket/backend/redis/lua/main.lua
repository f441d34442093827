-- Runs one step: first applies the timers that have elapsed, then runs the step itself, then sends the wake-ups for
-- all changes.

steps.settle_rest = steps.settle
steps.submit_each, steps.submit_one = steps.submit, steps.submit

function steps.now()
  return int(now)
end

function steps.strike()
  call('SADD', prefix .. 'struck', ARGV[7])
  return 'done'
end

function steps.pause()
  docket.paused, docket.root_changed = true, true
  return 'done'
end

function steps.resume()
  docket.paused, docket.root_changed = false, true
  control.wake_all()
  return 'done'
end

-- Removes sleepers in the order of `command` until one can be woken. Returns whether one was woken.
local function wake_one(command)
  while true do
    local sleeper = call(command, prefix .. 'sleepers')[1]
    if not sleeper then
      return false
    end
    local process, worker = string.match(sleeper, '^(%x+) (.*)$')
    -- `send_event` returns false for a process that no longer reads its inbox: its sleepers are dropped.
    if process and events.send_event(process, 'event', 'work', 'worker', worker) then
      return true
    end
  end
end

-- Wakes one sleeping worker per execution that became ready, and makes sure that one worker wakes up for the next
-- timer.
--
-- It wakes only as many workers as there are executions: if it woke all, most of their claims would find nothing.
local function wake_sleepers(timer)
  if (docket.ready_added > 0 or docket.timers_changed) and call('ZCARD', prefix .. 'sleepers') > 0 then
    -- The longest sleep first: the other workers wake up soon by themselves, and are needed for the timers.
    while docket.ready_added > 0 and not docket.paused and wake_one('ZPOPMAX') do
      docket.ready_added = docket.ready_added - 1
      docket.timers_changed = true
    end
    -- A sleeper whose wake-up time has passed is already claiming or has died, so it does not count.
    timer = docket.timers_changed and timer
    if timer and call('ZCOUNT', prefix .. 'sleepers', int(now), int(math.max(timer, now))) == 0 then
      wake_one('ZPOPMIN')
    end
  end
  if docket.pending_fell and call('EXISTS', prefix .. 'marks') == 1 then
    for _, process in ipairs(call('ZRANGEBYSCORE', prefix .. 'marks', int(docket.pending), '+inf')) do
      call('ZREM', prefix .. 'marks', process)
      events.send_event(process, 'event', 'room')
    end
  end
end

-- Redis does not roll back a script that fails. The error is caught, so that the code below still writes the counters
-- and sends the wake-ups for the changes before the error.
local was_empty = docket.pending == 0
local ok, answer = pcall(function()
  if steps[ARGV[1]] ~= steps.submit and ARGV[1] ~= 'replay' then
    -- When `maxmemory` is reached, Redis rejects scripts whose first write may use memory. A DEL as the first write
    -- lets all steps run except those that add executions, so that the docket can still be emptied.
    call('DEL', prefix .. 'probe')
  end
  if docket.is_listening and ARGV[1] ~= 'heartbeat' and not processes.is_registered() then
    processes.register_again()
  end
  counts.forget_expired()
  timers.apply_timers()
  docket.run_deferred()
  local reply = steps[ARGV[1]]()
  family.cancel_orphans()
  return reply
end)
local is_sweep, has_more = docket.pending_fell or now >= docket.sweep_at, false
if is_sweep then
  has_more = counts.sweep_over()
  call('ZREMRANGEBYSCORE', prefix .. 'dead', '-inf', int(now))
end
docket.run_deferred()
if docket.pending_fell or ARGV[1] == 'change' then
  ending.trim('ended')
  ending.trim('dead')
  docket.run_deferred()
end
if docket.pending_fell or was_empty or next(counts.latest_expiry) then
  counts.expire_lists(was_empty)
end
counts.write_counts()
if is_sweep then
  counts.plan_sweep(has_more)
end
local function text_of(time)
  return time and time < math.huge and int(time) or ''
end
local timer = timers.next_timer()
if text_of(timer) ~= docket.stored_timer or text_of(docket.sweep_at) ~= docket.stored_sweep then
  docket.root_changed = true
end
if docket.root_changed then
  call('HSET', KEYS[1], 'version', '2', 'next', text_of(timer), 'sweep', text_of(docket.sweep_at),
    'id', int(docket.last_id), 'token', int(docket.last_token), 'back', int(docket.last_back),
    'front', int(docket.last_front), 'paused', docket.paused and '1' or '0', 'bytes', int(docket.pending_bytes),
    'turn', int(docket.last_turn), 'is_turn_of_owner', docket.is_turn_of_owner and '1' or '0',
    'ended_bytes', int(docket.kept_bytes.ended), 'dead_bytes', int(docket.kept_bytes.dead))
end
wake_sleepers(timer)
if not ok then
  if type(answer) == 'table' then
    return answer
  end
  -- Before Redis 7, an error is a text that may begin with its place: `@user_script: 12: -OOM command not allowed`.
  -- Clients read the first word as the code.
  local text = string.gsub(tostring(answer), '[\r\n]', '')
  return redis.error_reply(string.match(text, '^%u[%u%d]* .*$') or string.match(text, ': %-(%u[%u%d]* .*)$') or 'ERR ' .. text)
end
return answer
