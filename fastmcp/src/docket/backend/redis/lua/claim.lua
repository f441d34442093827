-- Handing executions out, under pauses, strikes and lanes.

local function heard_of(worker, lease)
  local w = P .. 'w:' .. worker
  if call('HSETNX', w, 'since', int(now)) == 1 then
    -- A docket that workers come to and go from forgets those that were not heard of for long.
    call('ZREMRANGEBYSCORE', P .. 'workers', '-inf', int(now - 60000000))
  end
  call('HSET', w, 'seen', int(now), 'lease', int(lease), 'node', this_node)
  call('ZADD', P .. 'workers', int(now + lease), worker)
  expire_after(w, 60000000 + 2 * lease)
  expire_after(P .. 'workers', 60000000 + 2 * lease)
end

-- What a worker is given of an execution.
local function handed_out(id, token, key, task, body, attempt, delivery, due, note)
  return { id, token, key, task, body, attempt, delivery, due, int(now), note }
end

-- Hands one out, unless something holds it back; that takes it into its own line.
local function start(id, worker, lease, most, struck)
  local f = call('HMGET', x(id), 'state', 'key', 'task', 'body', 'attempt', 'delivery', 'due', 'priority', 'limits',
    'let_go', 'timed', 'offered', 'watch', 'note')
  if f[1] ~= 'queued' or not (f[2] and f[3] and f[4] and f[7]) then
    error('it is not a whole, queued execution', 0)
  end
  if f[12] then
    call('HDEL', x(id), 'offered', 'at')
    call('ZREM', P .. 'timed', id)
  end
  local limits = f[9] and cjson.decode(f[9])
  if struck and struck[f[3]] then
    local place = 'struck:' .. f[3]
    call('ZADD', P .. place, last_in_line(f[8]), id)
    call('HSET', x(id), 'at', place)
    call('HDEL', x(id), 'let_go')
    pass_the_turn_on(limits)
    return nil
  end
  if limits then
    if f[10] then
      call('HDEL', x(id), 'let_go')
    end
    local concurrency, rate = limits.concurrency, limits.rate
    if concurrency and not enter(concurrency, id, f[10]) then
      return nil
    end
    local moment = rate and start_time(rate, f[11])
    if moment then
      if concurrency then
        call('SREM', P .. 'lane:' .. concurrency[1], id)
      end
      pass_the_turn_on(limits)
      call('HSET', x(id), 'timed', '1', 'at', 'timed')
      call('ZADD', P .. 'timed', int(moment), id)
      moments = true
      return nil
    end
    if f[11] then
      call('HDEL', x(id), 'timed')
    end
  end
  local token = new_token()
  local attempt, delivery = f[5] or '1', int((tonumber(f[6]) or 0) + 1)
  call('HSET', x(id), 'state', 'running', 'token', token, 'delivery', delivery, 'worker', worker, 'started', int(now),
    'max', most)
  in_the_end('ZADD', 'leases', int(now + lease), id)
  announce(id, f[13])
  return handed_out(id, token, f[2], f[3], f[4], attempt, delivery, f[7], f[14])
end

-- The answer to a claim that was said before, as far as it still holds.
local function said_before(got)
  local claimed = {}
  for id, token in string.gmatch(got, '(%d+) (%d+)') do
    local f = call('HMGET', x(id), 'state', 'token', 'key', 'task', 'body', 'attempt', 'delivery', 'due', 'note')
    if f[1] == 'running' and f[2] == token then
      claimed[#claimed + 1] = handed_out(id, token, f[3], f[4], f[5], f[6] or '1', f[7], f[8], f[9])
    end
  end
  return claimed
end

-- Answers what was claimed, or how long to sleep.
local function claim()
  local worker, limit, lease, most, nonce = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], ARGV[11]
  local heartbeat = tonumber(ARGV[12])
  local sleeper = this_node .. ' ' .. worker
  call('ZREM', P .. 'sleepers', sleeper)
  local before = call('HMGET', P .. 'w:' .. worker, 'nonce', 'got')
  heard_of(worker, lease)
  if before[1] == nonce and before[2] then
    local claimed = said_before(before[2])
    if #claimed > 0 then
      return { '0', claimed }
    end
  end
  local claimed, got = {}, {}
  if not paused then
    local struck = nil
    for _, task in ipairs(call('SMEMBERS', P .. 'struck')) do
      struck = struck or {}
      struck[task] = true
    end
    local function take(popped)
      for i = 1, #popped, 2 do
        local run = guarded(popped[i], start, worker, lease, most, struck)
        if run then
          claimed[#claimed + 1] = run
          got[#got + 1] = run[1] .. ' ' .. run[2]
        end
      end
      return #popped > 0
    end
    while #claimed < limit and take(call('ZPOPMIN', P .. 'offers:' .. worker)) do
    end
    local rounds = 0
    while #claimed < limit and rounds < 64 do
      if not take(call('ZPOPMIN', P .. 'ready', limit - #claimed)) then
        break
      end
      rounds = rounds + 1
    end
  end
  if #claimed > 0 then
    moments = true
    call('HSET', P .. 'w:' .. worker, 'nonce', nonce, 'got', table.concat(got, ','))
    -- Whoever sleeps was told of work that this worker may have left to it.
    local left = call('ZCARD', P .. 'ready')
    work = math.min(math.max(work, 1), left)
    return { '0', claimed }
  end
  local next = next_moment()
  local wait = heartbeat
  if next then
    wait = math.max(math.min(wait, next - now), 0)
  end
  if not paused and call('ZCARD', P .. 'ready') > 0 then
    wait = 0
  end
  work = 0
  call('ZADD', P .. 'sleepers', int(now + wait), sleeper)
  expire_after(P .. 'sleepers', 60000000 + 2 * heartbeat)
  return { int(math.max(wait, 1)), claimed }
end

local function renew()
  local worker, lease = ARGV[7], tonumber(ARGV[8])
  heard_of(worker, lease)
  local lost = {}
  for i = 9, #ARGV, 2 do
    local id, token = ARGV[i], ARGV[i + 1]
    local f = call('HMGET', x(id), 'state', 'token')
    if f[1] == 'running' and f[2] == token then
      call('ZADD', P .. 'leases', int(now + lease), id)
    else
      lost[#lost + 1] = { id, token }
    end
  end
  return lost
end
