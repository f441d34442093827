-- The end of executions, and the ways there: cancelled while they wait, lost with their worker, refused by all.

local line_up

-- Forgets the oldest results beyond the bound.
local function forget_surplus()
  local surplus = call('ZCARD', P .. 'ended') - result_capacity
  if surplus <= 0 then
    return
  end
  local gone = call('ZPOPMIN', P .. 'ended', math.min(surplus, 2000))
  for i = 1, #gone, 2 do
    local key = call('HGET', x(gone[i]), 'key')
    call('UNLINK', x(gone[i]))
    if key and call('GET', P .. 'k:' .. key) == gone[i] then
      call('UNLINK', P .. 'k:' .. key)
    end
  end
end

-- The last step of every execution; its state is written already, and when it ended.
local function finish(id, state, key, watch, successor, keep, is_behind)
  announce(id, watch)
  local gone = now + (state == 'dead' and dead_ttl or result_ttl)
  if keep then
    -- It has a time of its own, and is no dead letter.
    gone = tonumber(keep)
    call('HSET', x(id), 'body', '')
    call('ZREM', P .. 'kept', id)
  elseif state == 'dead' then
    call('ZADD', P .. 'dead', int(gone), id)
    expire_at(P .. 'dead', gone)
    call('RPUSH', P .. 'd:' .. key, id)
    expire_at(P .. 'd:' .. key, gone)
  else
    in_the_end('ZADD', 'ended', int(gone), id)
  end
  -- A moment that is past deletes at once.
  expire_at(x(id), gone)
  in_the_end('ZREM', 'alive', id)
  pending = pending - 1
  fewer = true
  if successor then
    call('SET', P .. 'k:' .. key, successor)
    call('HDEL', x(successor), 'behind')
    call('ZREM', P .. 'aside', successor)
    line_up(successor)
  elseif not is_behind then
    expire_at(P .. 'k:' .. key, gone)
  end
end

-- Puts a waiting execution where it belongs: among the ready, or into the timetable.
line_up = function(id)
  local f = call('HMGET', x(id), 'state', 'due', 'priority', 'watch')
  if f[1] == 'scheduled' then
    if (tonumber(f[2]) or 0) > now then
      call('ZADD', P .. 'later', f[2], id)
      moments = true
      return
    end
    call('HSET', x(id), 'state', 'queued', 'updated', int(now))
    announce(id, f[4])
  end
  ready_last(id, f[3])
end

-- What cannot be read at all becomes a dead letter under a number of its own; the key in question is left alone.
local function bury_unreadable(id, why)
  flush()
  for _, place in ipairs({ 'alive', 'ready', 'later', 'timed', 'leases', 'aside', 'kept' }) do
    call('ZREM', P .. place, id)
  end
  pending = call('ZCARD', P .. 'alive')
  fewer = true
  local copy = new_id()
  local gone = now + dead_ttl
  local key = 'unreadable:' .. string.sub(id, 1, 256)
  call('HSET', x(copy), 'key', key, 'task', 'unreadable', 'state', 'dead', 'submitted', int(now), 'due', int(now),
    'ended', int(now), 'body', '', 'reason', why)
  expire_at(x(copy), gone)
  call('ZADD', P .. 'dead', int(gone), copy)
  expire_at(P .. 'dead', gone)
  call('RPUSH', P .. 'd:' .. key, copy)
  expire_at(P .. 'd:' .. key, gone)
  call('SET', P .. 'k:' .. key, copy)
  expire_at(P .. 'k:' .. key, gone)
end

-- Runs a step of one execution, so that one that cannot be read does not spoil the others.
local function guarded(id, step, ...)
  local fine, answer = pcall(step, id, ...)
  if fine then
    return answer
  end
  local why = type(answer) == 'table' and answer.err or tostring(answer)
  local buried, again = pcall(bury_unreadable, id, 'its entry in Redis cannot be read: ' .. why)
  if not buried then
    error(again, 0)
  end
  return nil
end

-- Tells the worker of a running execution to stop it.
local function signal(id, reason)
  local f = call('HMGET', x(id), 'state', 'cancelling', 'worker', 'token', 'watch')
  if f[1] ~= 'running' or f[2] then
    return
  end
  call('HSET', x(id), 'cancelling', '1', 'reason', reason, 'updated', int(now))
  announce(id, f[5])
  local signals = P .. 'signals:' .. f[3]
  call('SADD', signals, id .. ' ' .. f[4])
  local w = call('HMGET', P .. 'w:' .. f[3], 'node', 'lease')
  expire_after(signals, 60000000 + 2 * (tonumber(w[2]) or 0))
  if w[1] then
    tell(w[1], 'event', 'signal', 'worker', f[3])
  end
end

-- Cancels what is scheduled or queued; false when it is neither.
local function cancel_waiting(id, reason)
  local f = call('HMGET', x(id), 'state', 'key', 'behind', 'offered', 'limits', 'at', 'watch', 'keep')
  if f[1] ~= 'scheduled' and f[1] ~= 'queued' then
    return false
  end
  call('HSET', x(id), 'state', 'cancelled', 'reason', reason, 'body', '', 'ended', int(now))
  if f[3] then
    call('HDEL', x(f[3]), 'successor')
    call('ZREM', P .. 'aside', id)
  elseif f[1] == 'scheduled' then
    call('ZREM', P .. 'later', id)
  else
    call('ZREM', P .. (f[6] or 'ready'), id)
  end
  if f[4] then
    call('ZREM', P .. 'offers:' .. f[4], id)
  end
  -- It may have been its turn.
  if f[5] then
    pass_the_turn_on(cjson.decode(f[5]))
  end
  -- The key of one that waits behind another belongs to that other.
  finish(id, 'cancelled', f[2], f[7], false, f[8], f[3])
  return true
end

local function is_alive(worker)
  return tonumber(call('ZSCORE', P .. 'workers', worker) or 0) > now
end

-- Offers a queued execution to a worker that may know its task, or buries it.
local function hand_on(id, refuser)
  local f = call('HMGET', x(id), 'refused', 'task', 'key', 'watch', 'successor', 'keep')
  local refused = f[1] and cjson.decode(f[1]) or {}
  refused[#refused + 1] = refuser
  local has_refused = {}
  for _, name in ipairs(refused) do
    has_refused[name] = true
  end
  local chosen, heard_of = nil, -1
  for _, name in ipairs(call('ZRANGEBYSCORE', P .. 'workers', '(' .. int(now), '+inf')) do
    if not has_refused[name] then
      local seen = tonumber(call('HGET', P .. 'w:' .. name, 'seen') or 0)
      if seen > heard_of then
        chosen, heard_of = name, seen
      end
    end
  end
  if not chosen then
    call('HSET', x(id), 'refused', cjson.encode(refused), 'state', 'dead', 'ended', int(now), 'reason',
      'no worker knows the task `' .. (f[2] or '?') .. '`: refused by ' .. table.concat(refused, ', '))
    call('HDEL', x(id), 'at', 'offered')
    finish(id, 'dead', f[3], f[4], f[5], f[6])
    return
  end
  call('HSET', x(id), 'refused', cjson.encode(refused), 'offered', chosen, 'at', 'timed',
    'updated', int(now))
  announce(id, f[4])
  local w = call('HMGET', P .. 'w:' .. chosen, 'node', 'lease')
  local patience = tonumber(w[2]) or 0
  call('ZADD', P .. 'offers:' .. chosen, last_in_line(1), id)
  expire_after(P .. 'offers:' .. chosen, 60000000 + 2 * patience)
  call('ZADD', P .. 'timed', int(now + patience), id)
  moments = true
  if w[1] then
    tell(w[1], 'event', 'work', 'worker', chosen)
  end
end

-- Frees what a run occupies: its lease, its place in a lane, its signal.
local function vacate(id, worker, token, cancelling, limits)
  in_the_end('ZREM', 'leases', id)
  if cancelling then
    call('SREM', P .. 'signals:' .. worker, id .. ' ' .. token)
  end
  if limits then
    limits = cjson.decode(limits)
    if limits.concurrency then
      call('SREM', P .. 'lane:' .. limits.concurrency[1], id)
    end
    pass_the_turn_on(limits)
  end
end

-- The lease of a run has ended without a word from its worker.
local function lose(id)
  local f = call('HMGET', x(id), 'state', 'key', 'worker', 'token', 'cancelling', 'limits', 'successor', 'attempt',
    'delivery', 'max', 'history', 'reason', 'watch', 'priority', 'keep')
  if f[1] ~= 'running' or not f[2] then
    error('the lease of something that does not run', 0)
  end
  local delivery, most = tonumber(f[9]) or 1, tonumber(f[10]) or 1
  local set = { 'HSET', x(id), 'history',
    remember(f[11], f[3], f[8], f[9], 'the worker was not heard of until its lease ran out'),
    'updated', int(now) }
  local state = 'queued'
  if f[5] or f[7] then
    state = 'cancelled'
    set[#set + 1] = 'reason'
    set[#set + 1] = f[12] or 'replaced after its worker was lost'
    set[#set + 1] = 'body'
    set[#set + 1] = ''
  elseif delivery >= most then
    state = 'dead'
    set[#set + 1] = 'reason'
    set[#set + 1] = 'lost with its worker in ' .. int(delivery) .. ' of ' .. int(most) .. ' deliveries'
  end
  set[#set + 1] = 'state'
  set[#set + 1] = state
  if state ~= 'queued' then
    set[#set + 1] = 'ended'
    set[#set + 1] = int(now)
  end
  call(unpack(set))
  vacate(id, f[3], f[4], f[5], f[6])
  if state == 'queued' then
    ready_first(id, f[14])
    announce(id, f[13])
  else
    call('HDEL', x(id), 'successor')
    finish(id, state, f[2], f[13], f[7], f[15])
  end
end

-- A queued execution whose moment has come: a start time, or the end of an offer.
local function its_time(id)
  local f = call('HMGET', x(id), 'state', 'priority', 'offered')
  if f[1] ~= 'queued' then
    error('a moment of something that does not wait', 0)
  end
  if not f[3] then
    call('HDEL', x(id), 'at')
    ready_last(id, f[2])
    return
  end
  if is_alive(f[3]) then
    -- It is busy.
    local patience = tonumber(call('HGET', P .. 'w:' .. f[3], 'lease')) or 1000000
    call('ZADD', P .. 'timed', int(now + patience), id)
    return
  end
  call('ZREM', P .. 'offers:' .. f[3], id)
  call('HDEL', x(id), 'offered', 'at')
  hand_on(id, f[3])
end

local function fall_due(id)
  local f = call('HMGET', x(id), 'state', 'priority', 'watch', 'task')
  if f[1] ~= 'scheduled' or not f[4] then
    error('a due time of something that is not scheduled', 0)
  end
  call('HSET', x(id), 'state', 'queued', 'updated', int(now))
  ready_last(id, f[2])
  announce(id, f[3])
end

local TIME_OVER = 'its time was over'

-- What has had its time is forgotten; what has not ended by then ends first.
local function had_its_time(id)
  if not cancel_waiting(id, TIME_OVER) then
    signal(id, TIME_OVER)
  end
end

-- At most so much is done on the way of another step; a claim comes back for the rest at once.
local MANY = 500

-- Does what time alone brings about.
local function pass_time()
  local at = int(now)
  for _, place in ipairs({ { 'later', fall_due }, { 'timed', its_time }, { 'leases', lose }, { 'kept', had_its_time } }) do
    local due = call('ZRANGEBYSCORE', P .. place[1], '-inf', at, 'LIMIT', 0, MANY)
    for _, id in ipairs(due) do
      call('ZREM', P .. place[1], id)
      guarded(id, place[2])
    end
  end
end

local function next_moment()
  local next = nil
  for _, place in ipairs({ 'later', 'timed', 'leases', 'kept' }) do
    local first = call('ZRANGE', P .. place, 0, 0, 'WITHSCORES')
    local moment = first[2] and tonumber(first[2])
    if moment and moment < math.huge and (not next or moment < next) then
      next = moment
    end
  end
  return next
end
