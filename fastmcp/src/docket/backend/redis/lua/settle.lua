-- Ending runs: what follows a verdict.

-- As `Life::settle` says.
local function leads_to(kind, again, superseded)
  if kind == 'completed' then
    return again and not superseded and 'scheduled' or 'completed'
  elseif kind == 'failed' then
    return again and not superseded and 'scheduled' or 'failed'
  elseif kind == 'retry' then
    return superseded and 'failed' or 'scheduled'
  elseif kind == 'snoozed' or kind == 'parked' then
    return superseded and 'cancelled' or 'scheduled'
  elseif kind == 'hand_back' or kind == 'hand_on' then
    return superseded and 'cancelled' or 'queued'
  elseif kind == 'buried' then
    return 'dead'
  end
  return 'cancelled'
end

-- `s` is the verdict's kind, its text or JSON, a line for the history, and when and with what it runs again.
local function settle_one(id, s)
  local f = call('HMGET', x(id), 'state', 'token', 'key', 'worker', 'cancelling', 'limits', 'successor', 'attempt',
    'delivery', 'history', 'reason', 'watch', 'priority', 'keep',
    'failure')
  if f[1] ~= 'running' or f[2] ~= s.token then
    return 'fenced'
  end
  local set = { 'HSET', x(id) }
  local function put(name, value)
    set[#set + 1] = name
    set[#set + 1] = value
  end
  local is_failure = s.kind == 'failed' or s.kind == 'retry'
  if s.kind == 'completed' and not f[5] then
    put('result', s.payload)
    -- The failure of an earlier run is not the state of affairs any more.
    if f[15] then
      call('HDEL', x(id), 'failure')
    end
  elseif is_failure then
    put('failure', s.payload)
  elseif (s.kind == 'cancelled' or s.kind == 'buried') and not f[11] then
    put('reason', s.payload)
  end
  if is_failure or s.kind == 'hand_on' then
    put('history', remember(f[10], f[4], f[8], f[9], s.line))
  end
  local state = f[5] and 'cancelled' or leads_to(s.kind, s.again, f[7])
  put('state', state)
  put('updated', int(now))
  vacate(id, f[4], f[2], f[5], f[6])
  if state == 'scheduled' and s.kind == 'parked' then
    put('delivery', '0')
    put('note', s.payload)
    put('parked', '1')
    call(unpack(set))
    -- Scheduled for never, until it is amended.
    call('ZADD', P .. 'later', '+inf', id)
    announce(id, f[12])
  elseif state == 'scheduled' then
    if s.kind == 'retry' then
      put('attempt', int((tonumber(f[8]) or 1) + 1))
    elseif s.kind ~= 'snoozed' then
      put('attempt', '1')
      call('HDEL', x(id), 'note')
    end
    put('delivery', '0')
    put('due', int(due_of(s.when, s.moment)))
    if s.body then
      put('body', s.body)
    end
    call(unpack(set))
    announce(id, f[12])
    line_up(id)
  elseif state == 'queued' then
    put('delivery', int(math.max((tonumber(f[9]) or 1) - 1, 0)))
    call(unpack(set))
    if s.kind == 'hand_on' then
      hand_on(id, f[4])
    else
      ready_first(id, f[13])
      announce(id, f[12])
    end
  else
    put('ended', int(now))
    if state ~= 'dead' then
      put('body', '')
    end
    call(unpack(set))
    if f[7] then
      call('HDEL', x(id), 'successor')
    end
    finish(id, state, f[3], f[12], f[7], f[14])
  end
  return state
end

local SETTLEMENT = 9

local function settle()
  local answers = {}
  for i = 7, #ARGV, SETTLEMENT do
    local again = ARGV[i + 5]
    answers[#answers + 1] = guarded(ARGV[i], settle_one, {
      token = ARGV[i + 1], kind = ARGV[i + 2], payload = ARGV[i + 3], line = ARGV[i + 4], again = again ~= '',
      when = ARGV[i + 6], moment = ARGV[i + 7], body = optional(ARGV[i + 8]),
    }) or 'fenced'
  end
  return answers
end

local function report()
  local id, token, progress = ARGV[7], ARGV[8], ARGV[9]
  local f = call('HMGET', x(id), 'state', 'token', 'watch')
  if f[1] ~= 'running' or f[2] ~= token then
    return 'fenced'
  end
  call('HSET', x(id), 'progress', progress, 'updated', int(now))
  if f[3] then
    for node in string.gmatch(f[3], '%x+') do
      tell(node, 'event', 'progress', 'id', id, 'progress', progress)
    end
  end
  return 'running'
end
