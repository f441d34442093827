-- One step: what time has brought about, then what was asked for, then the bells.

local steps = {
  submit = submit, claim = claim, settle = settle, renew = renew, report = report, find = find, watch = watch,
  letters = letters, survey = survey, signals = signals, wait = wait, beat = beat, unsleep = unsleep,
  cancel = cancel, clear = clear, replay = replay, leave = leave, restore = restore, amend = amend,
  now = function()
    return int(now)
  end,
  strike = function()
    call('SADD', P .. 'struck', ARGV[7])
    return 'done'
  end,
  pause = function()
    paused, dirty = true, true
    return 'done'
  end,
  resume = function()
    paused, dirty = false, true
    ring_all()
    return 'done'
  end,
}

-- Wakes as many sleepers as there is work for, and one for the next moment.
local function ring()
  if (work > 0 or moments) and call('ZCARD', P .. 'sleepers') > 0 then
    while work > 0 and not paused do
      local sleeper = call('ZPOPMAX', P .. 'sleepers')[1]
      if not sleeper then
        break
      end
      local node, worker = string.match(sleeper, '^(%x+) (.*)$')
      if node and tell(node, 'event', 'work', 'worker', worker) then
        work = work - 1
        moments = true
      end
    end
    -- One of them has to be up in time; those that are late are no more.
    local next = moments and next_moment()
    if next and call('ZCOUNT', P .. 'sleepers', int(now), int(math.max(next, now))) == 0 then
      while true do
        local sleeper = call('ZPOPMIN', P .. 'sleepers')[1]
        if not sleeper then
          break
        end
        local node, worker = string.match(sleeper, '^(%x+) (.*)$')
        if node and tell(node, 'event', 'work', 'worker', worker) then
          break
        end
      end
    end
  end
  if fewer and call('EXISTS', P .. 'marks') == 1 then
    for _, node in ipairs(call('ZRANGEBYSCORE', P .. 'marks', int(pending), '+inf')) do
      call('ZREM', P .. 'marks', node)
      tell(node, 'event', 'room')
    end
  end
end

local fine, answer = pcall(function()
  if ARGV[1] ~= 'submit' and ARGV[1] ~= 'replay' then
    -- A full store refuses a script whose first write takes memory. Only what takes something in shall be refused.
    call('DEL', P .. 'probe')
  end
  pass_time()
  flush()
  return steps[ARGV[1]]()
end)
flush()
if fewer then
  call('ZREMRANGEBYSCORE', P .. 'ended', '-inf', int(now))
  call('ZREMRANGEBYSCORE', P .. 'dead', '-inf', int(now))
  expire_after(P .. 'ended', result_ttl + 1000000)
  forget_surplus()
end
if dirty then
  call('HSET', KEYS[1], 'version', '1', 'id', int(last_id), 'token', int(last_token), 'back', int(back), 'front',
    int(front), 'paused', paused and '1' or '0')
end
ring()
if not fine then
  return type(answer) == 'table' and answer or redis.error_reply(tostring(answer))
end
return answer
