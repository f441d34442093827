-- Runs one step: first applies the timers that have elapsed, then runs the step itself, then sends the wake-ups for
-- all changes.

local steps = {
  submit = submit, claim = claim, settle = settle, renew = renew, report = report, find = find, watch = watch,
  dead_letters = dead_letters, snapshot = snapshot, signals = signals, wait = wait, heartbeat = heartbeat,
  cancel_sleep = cancel_sleep, cancel = cancel, clear = clear, replay = replay, deregister = deregister, restore = restore,
  amend = amend, reschedule = reschedule, record = journal.record, signal = journal.signal, list = operate.list,
  change = operate.change, stats = operate.stats, envelope = operate.envelope,
  now = function()
    return int(now)
  end,
  strike = function()
    call('SADD', prefix .. 'struck', ARGV[7])
    return 'done'
  end,
  pause = function()
    paused, root_changed = true, true
    return 'done'
  end,
  resume = function()
    paused, root_changed = false, true
    wake_all()
    return 'done'
  end,
}

-- Removes sleepers in the order of `command` until one can be woken. Returns whether one was woken.
local function wake_one(command)
  while true do
    local sleeper = call(command, prefix .. 'sleepers')[1]
    if not sleeper then
      return false
    end
    local process, worker = string.match(sleeper, '^(%x+) (.*)$')
    -- `send_event` returns false for a process that no longer reads its inbox: its sleepers are dropped.
    if process and send_event(process, 'event', 'work', 'worker', worker) then
      return true
    end
  end
end

-- Wakes one sleeping worker per execution that became ready, and makes sure that one worker wakes up for the next
-- timer.
--
-- It wakes only as many workers as there are executions: if it woke all, most of their claims would find nothing.
local function wake_sleepers()
  if (ready_added > 0 or timers_changed) and call('ZCARD', prefix .. 'sleepers') > 0 then
    -- The longest sleep first: the other workers wake up soon by themselves, and are needed for the timers.
    while ready_added > 0 and not paused and wake_one('ZPOPMAX') do
      ready_added = ready_added - 1
      timers_changed = true
    end
    -- A sleeper whose wake-up time has passed is already claiming or has died, so it does not count.
    local timer = timers_changed and next_timer()
    if timer and call('ZCOUNT', prefix .. 'sleepers', int(now), int(math.max(timer, now))) == 0 then
      wake_one('ZPOPMIN')
    end
  end
  if pending_fell and call('EXISTS', prefix .. 'marks') == 1 then
    for _, process in ipairs(call('ZRANGEBYSCORE', prefix .. 'marks', int(pending), '+inf')) do
      call('ZREM', prefix .. 'marks', process)
      send_event(process, 'event', 'room')
    end
  end
end

-- Redis does not roll back a script that fails. The error is caught, so that the code below still writes the counters
-- and sends the wake-ups for the changes before the error.
local was_empty = pending == 0
local ok, answer = pcall(function()
  if ARGV[1] ~= 'submit' and ARGV[1] ~= 'replay' then
    -- When `maxmemory` is reached, Redis rejects scripts whose first write may use memory. A DEL as the first write
    -- lets all steps run except those that add executions, so that the docket can still be emptied.
    call('DEL', prefix .. 'probe')
  end
  if is_listening and ARGV[1] ~= 'heartbeat' and not is_registered() then
    register_again()
  end
  forget_expired()
  apply_timers()
  run_deferred()
  local reply = steps[ARGV[1]]()
  family.cancel_orphans()
  return reply
end)
if pending_fell then
  sweep_over()
end
run_deferred()
if pending_fell then
  call('ZREMRANGEBYSCORE', prefix .. 'ended', '-inf', int(now))
  call('ZREMRANGEBYSCORE', prefix .. 'dead', '-inf', int(now))
  expire_after(prefix .. 'ended', result_ttl + 1000000)
end
if pending_fell or ARGV[1] == 'change' then
  trim('ended')
  trim('dead')
  run_deferred()
end
if pending_fell or was_empty or latest_expiry > 0 then
  expire_lists(was_empty)
end
write_counts()
if root_changed then
  call('HSET', KEYS[1], 'version', '1', 'id', int(last_id), 'token', int(last_token), 'back', int(last_back), 'front',
    int(last_front), 'paused', paused and '1' or '0', 'bytes', int(pending_bytes), 'turn', int(last_turn),
    'is_turn_of_owner', is_turn_of_owner and '1' or '0', 'ended_bytes', int(kept_bytes.ended), 'dead_bytes',
    int(kept_bytes.dead))
end
wake_sleepers()
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
