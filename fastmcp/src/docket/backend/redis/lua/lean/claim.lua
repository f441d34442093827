-- Claims executions from the head of the queue, if none of them has options.
local worker, limit, lease, nonce = ARGV[7], math.min(tonumber(ARGV[8]), 1000), tonumber(ARGV[9]), ARGV[11]
if root[8] == '1' or string.find(worker, '[\\\n]')
  or call('EXISTS', prefix .. 'struck', prefix .. 'turns', prefix .. 'orphans', prefix .. 'offers:' .. worker) > 0 then
  return nil
end
local data = prefix .. 'w:' .. worker
local known = call('HMGET', data, 'since', 'nonce')
if not known[1] or known[2] == nonce then
  return nil
end
local ids = call('ZRANGE', prefix .. 'ready', 0, limit - 1)
local sleeper = this_process .. ' ' .. worker
if ids[1] then
  local keys = {}
  for i = 1, #ids do
    keys[i] = prefix .. 'x:' .. ids[i]
  end
  local texts = call('MGET', unpack(keys))
  local token = int(math.max((tonumber(root[7]) or 0) + 1, now))
  local run = token .. ' ' .. at .. ' ' .. ARGV[10] .. ' ' .. worker
  -- A hash with a value above 64 bytes is a table. Below, it may be a list in which each access reads all entries.
  run = string.rep(' ', math.max(65 - #run, 1)) .. run
  local lease_end = int(now + lease)
  local running, leases = { 'HSET', prefix .. 'running' }, { 'ZADD', prefix .. 'leases' }
  reply = { '0', at, token }
  for i = 1, #ids do
    local id, text = ids[i], texts[i]
    local delivery, due, task = match(text or '', '^q%-%d+ (%d+) (%d+) [^\n]*\n%d ([^\n]*)\n')
    if not delivery then
      return nil
    end
    local lease_place = i * 2 + 1
    running[lease_place], running[lease_place + 1] = id, (delivery == '0' and '1' or int(delivery + 1)) .. run
    leases[lease_place], leases[lease_place + 1] = lease_end, id
    reply[lease_place + 1], reply[lease_place + 2] = id, text
    local counter = 'running:' .. task
    counted[counter] = (counted[counter] or 0) + 1
    counter = 'queued:' .. task
    counted[counter] = (counted[counter] or 0) - 1
    if delivery == '0' then
      local lateness = math.max(now - due, 0)
      counter = 'started:' .. task
      counted[counter] = (counted[counter] or 0) + 1
      counter = 'total_lateness:' .. task
      counted[counter] = (counted[counter] or 0) + lateness
      known[task] = lateness
    end
  end
  -- The first write must be one that Redis allows when `maxmemory` is reached.
  call('ZREMRANGEBYRANK', prefix .. 'ready', 0, #ids - 1)
  call('ZREM', prefix .. 'sleepers', sleeper)
  call(unpack(running))
  call(unpack(leases))
  set[3], set[4] = 'token', token
  next_timer = math.min(next_timer, now + lease)
  timers_changed = true
  call('HSET', data, 'seen', at, 'lease', ARGV[9], 'node', this_process, 'slots', ARGV[13], 'nonce', nonce, 'got',
    table.concat(ids, ' ' .. token .. ',') .. ' ' .. token)
  for task, lateness in pairs(known) do
    if type(task) == 'string' then
      set[#set + 1] = 'lateness:' .. task
      set[#set + 1] = int(lateness)
    end
  end
  -- If work is left, wake another sleeper: the wake-up for that work may have gone to this worker.
  if call('EXISTS', prefix .. 'ready') == 1 then
    ready_added = 1
  end
else
  local max_sleep = tonumber(ARGV[12])
  local sleep = math.min(max_sleep, next_timer - now)
  call('ZREM', prefix .. 'sleepers', sleeper)
  call('ZADD', prefix .. 'sleepers', int(now + sleep), sleeper)
  call('PEXPIRE', prefix .. 'sleepers', int(60000 + math.ceil(2 * max_sleep / 1000)))
  call('HSET', data, 'seen', at, 'lease', ARGV[9], 'node', this_process, 'slots', ARGV[13])
  reply = { int(math.max(sleep, 1)), at, '', {} }
end
local left = int(60000 + math.ceil(2 * lease / 1000))
call('ZADD', prefix .. 'workers', int(now + lease), worker)
call('PEXPIRE', data, left)
call('PEXPIRE', prefix .. 'workers', left)
