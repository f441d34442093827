-- What is known of executions and of the docket, and how a node hears of what happens.

local function locate(kind, value)
  if kind == 'key' then
    return call('MGET', P .. 'k:' .. value)[1]
  end
  return value
end

local function find()
  local id = locate(ARGV[7], ARGV[8])
  return id and record(id) or {}
end

-- The record, and after which word in the node's inbox its events begin.
local function watch()
  local id = locate(ARGV[7], ARGV[8])
  local flat = id and record(id)
  if not flat then
    return { {}, '0-0' }
  end
  local last = call('XREVRANGE', P .. 'in:' .. this_node, '+', '-', 'COUNT', 1)
  local f = call('HMGET', x(id), 'state', 'watch')
  if f[1] ~= 'completed' and f[1] ~= 'failed' and f[1] ~= 'cancelled' and f[1] ~= 'dead' then
    local nodes, is_there = {}, false
    for node in string.gmatch(f[2] or '', '%x+') do
      if tonumber(call('ZSCORE', P .. 'nodes', node) or 0) > now then
        nodes[#nodes + 1] = node
        is_there = is_there or node == this_node
      end
    end
    if not is_there then
      nodes[#nodes + 1] = this_node
      call('HSET', x(id), 'watch', table.concat(nodes, ' '))
    end
  end
  return { flat, last[1] and last[1][1] or '0-0' }
end

local function letters()
  local list = {}
  for _, id in ipairs(call('ZRANGE', P .. 'dead', 0, tonumber(ARGV[7]) - 1)) do
    list[#list + 1] = guarded(id, record) or nil
  end
  return list
end

local function survey()
  local limit = tonumber(ARGV[7])
  local ids = {}
  if limit > 0 then
    for _, place in ipairs({ 'alive', 'dead' }) do
      for _, id in ipairs(call('ZRANGE', P .. place, 0, limit - 1)) do
        ids[#ids + 1] = id
      end
    end
    table.sort(ids)
  end
  local records = {}
  for i = 1, math.min(limit, #ids) do
    records[#records + 1] = guarded(ids[i], record) or nil
  end
  local held = {}
  local names = call('ZRANGEBYSCORE', P .. 'workers', '(' .. int(now), '+inf')
  local running = call('ZCARD', P .. 'leases')
  if #names > 0 then
    -- More than this nobody runs at once; a survey is for people.
    for _, id in ipairs(call('ZRANGE', P .. 'leases', 0, 9999)) do
      local worker = call('HGET', x(id), 'worker')
      if worker then
        held[worker] = (held[worker] or 0) + 1
      end
    end
  end
  local workers = {}
  for _, name in ipairs(names) do
    local w = call('HMGET', P .. 'w:' .. name, 'since', 'seen')
    workers[#workers + 1] = { name, w[1] or '0', w[2] or '0', int(held[name] or 0) }
  end
  local scheduled = call('ZCARD', P .. 'later') + call('ZCARD', P .. 'aside')
  return {
    { int(scheduled), int(pending - running - scheduled), int(running), int(call('ZCARD', P .. 'dead')),
      paused and '1' or '0', int(now) },
    call('SMEMBERS', P .. 'struck'), records, workers,
  }
end

local function signals()
  return call('SMEMBERS', P .. 'signals:' .. ARGV[7])
end

-- Answers whether at most so many are pending; where not, the node is told when they are.
local function wait()
  local mark = tonumber(ARGV[7])
  if pending <= mark then
    return '1'
  end
  call('ZADD', P .. 'marks', 'GT', int(mark), this_node)
  return '0'
end

-- Keeps a node's inbox alive, and drops what it has read; answers whether it was alive all the time.
local function beat()
  local inbox = P .. 'in:' .. this_node
  local was_alive = tonumber(call('ZSCORE', P .. 'nodes', this_node) or 0) > now
  call('ZADD', P .. 'nodes', int(now + NODE_TTL / 2), this_node)
  expire_after(P .. 'nodes', NODE_TTL)
  if ARGV[7] ~= '0-0' then
    call('XTRIM', inbox, 'MINID', ARGV[7])
  end
  expire_after(inbox, NODE_TTL)
  for _, node in ipairs(call('ZRANGEBYSCORE', P .. 'nodes', '-inf', int(now))) do
    call('ZREM', P .. 'nodes', node)
    call('ZREM', P .. 'marks', node)
    call('UNLINK', P .. 'in:' .. node)
  end
  call('ZREMRANGEBYSCORE', P .. 'workers', '-inf', int(now - NODE_TTL))
  return was_alive and '1' or '0'
end

local function unsleep()
  call('ZREM', P .. 'sleepers', this_node .. ' ' .. ARGV[7])
  -- A bell that was meant for it may be on its way.
  if not paused and call('ZCARD', P .. 'ready') > 0 then
    work = work + 1
  end
  return 'done'
end
