-- Words to the docket as a whole, and to executions from outside.

local function cancel()
  local id = call('MGET', P .. 'k:' .. ARGV[7])[1]
  local reason, nonce = ARGV[8], ARGV[9]
  if not id then
    return 'unknown'
  end
  if cancel_waiting(id, reason) then
    if call('EXISTS', x(id)) == 1 then
      call('HSET', x(id), 'said', nonce)
    end
    return 'removed'
  end
  local f = call('HMGET', x(id), 'state', 'successor', 'said')
  if f[1] ~= 'running' then
    -- Said again after a broken connection, it has the same answer.
    return f[3] == nonce and 'removed' or 'unknown'
  end
  if f[2] then
    cancel_waiting(f[2], reason)
  end
  signal(id, reason)
  return 'signalled'
end

local function ring_all()
  for _, sleeper in ipairs(call('ZRANGE', P .. 'sleepers', 0, -1)) do
    local node, worker = string.match(sleeper, '^(%x+) (.*)$')
    if node then
      tell(node, 'event', 'work', 'worker', worker)
    end
  end
end

local function restore()
  local place = P .. 'struck:' .. ARGV[7]
  call('SREM', P .. 'struck', ARGV[7])
  -- They have waited longest: to the head, in their order.
  local parked = call('ZREVRANGE', place, 0, -1)
  for _, id in ipairs(parked) do
    call('ZREM', place, id)
    call('HDEL', x(id), 'at')
    ready_first(id, call('HGET', x(id), 'priority'))
  end
  return 'done'
end

-- Cancels up to so many from a number on; answers how many, and where to go on.
local function clear()
  local from, to, many = ARGV[7], ARGV[8], 500
  local ids = call('ZRANGEBYSCORE', P .. 'alive', from, to, 'LIMIT', ARGV[9], many)
  local cancelled, kept = 0, 0
  for _, id in ipairs(ids) do
    if guarded(id, cancel_waiting, 'the docket was cleared') then
      cancelled = cancelled + 1
    else
      kept = kept + 1
    end
  end
  return { int(cancelled), int(kept), #ids < many and '1' or '0', int(now) }
end

local function replay()
  local letters = P .. 'd:' .. ARGV[7]
  local present = call('MGET', P .. 'k:' .. ARGV[7])[1]
  if present and call('HGET', x(present), 'nonce') == ARGV[8] then
    return { 'accepted', present }
  end
  while true do
    local id = call('LINDEX', letters, -1)
    if not id then
      return { 'none' }
    end
    local f = call('HMGET', x(id), 'state', 'task', 'body', 'priority', 'limits', 'note')
    if f[1] == 'dead' and f[2] then
      local limits = f[5] and cjson.decode(f[5]) or nil
      if limits then
        limits.cooldown = nil
        limits = next(limits) and limits or nil
      end
      local answer = admit({ key = ARGV[7], task = f[2], body = f[3] or '', priority = f[4] or '1', when = 'now',
        moment = '0', conflict = 'keep', limits = limits, note = f[6] or nil, nonce = ARGV[8] })
      if answer[1] == 'accepted' then
        call('RPOP', letters)
        call('ZREM', P .. 'dead', id)
        local gone = now + result_ttl
        call('ZADD', P .. 'ended', int(gone), id)
        expire_at(x(id), gone)
      end
      return answer
    end
    -- It has been forgotten.
    call('RPOP', letters)
  end
end

local function amend()
  local id, expected, note, wake = ARGV[7], ARGV[8], ARGV[9], ARGV[10] == '1'
  local f = call('HMGET', x(id), 'state', 'parked', 'note', 'priority', 'watch', 'said')
  if not f[1] then
    return 'unknown'
  end
  if f[6] == ARGV[11] then
    return 'done'
  end
  if f[1] ~= 'scheduled' or not f[2] or f[3] ~= expected then
    return 'stale'
  end
  call('HSET', x(id), 'note', note, 'updated', int(now), 'said', ARGV[11])
  if wake then
    call('HSET', x(id), 'state', 'queued', 'due', int(now))
    call('HDEL', x(id), 'parked')
    call('ZREM', P .. 'later', id)
    ready_last(id, f[4])
  end
  announce(id, f[5])
  return 'done'
end

local function leave()
  local worker = ARGV[7]
  local offers = call('ZRANGE', P .. 'offers:' .. worker, 0, -1)
  call('DEL', P .. 'offers:' .. worker, P .. 'w:' .. worker)
  call('ZREM', P .. 'workers', worker)
  call('ZREM', P .. 'sleepers', this_node .. ' ' .. worker)
  for _, id in ipairs(offers) do
    call('ZREM', P .. 'timed', id)
    call('HDEL', x(id), 'offered', 'at')
    guarded(id, hand_on, worker)
  end
  return 'done'
end
