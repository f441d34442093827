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
  local padded = string.rep('0', 16 - #token) .. token
  local run = ' ' .. at .. ' ' .. ARGV[10] .. ' |' .. worker
  local lease_end, first_run = int(now + lease), padded .. ' 1' .. run
  local runs, leases = { 'HSET', prefix .. 'running' }, { 'ZADD', prefix .. 'leases' }
  local claimed, started, lateness, dues = {}, {}, {}, {}
  reply = { '0', at, token, '' }
  for i = 1, #ids do
    local id, text = ids[i], texts[i]
    -- A queued execution without options; see `record.lua`.
    local state, form = byte(text or '', 1, 2)
    if state ~= 113 or form ~= 45 then
      return nil
    end
    local line_1 = find(text, '\n', 86, true)
    local line_2 = line_1 and find(text, '\n', line_1 + 1, true)
    local line_3 = line_2 and find(text, '\n', line_2 + 3, true)
    local line_4 = line_3 and find(text, '\n', line_3 + 1, true)
    local due = sub(text, 20, 35)
    if not dues[due] then
      dues[due] = tonumber(due)
    end
    if not line_4 or not dues[due] then
      return nil
    end
    local task = sub(text, line_2 + 3, line_3 - 1)
    local p, this_run = i * 2 + 1, first_run
    if find(text, ' 0000000000 ', 64, true) == 64 then
      started[task] = (started[task] or 0) + 1
      lateness[task] = (lateness[task] or 0) + math.max(now - dues[due], 0)
    else
      this_run = padded .. ' ' .. int((tonumber(sub(text, 65, 74)) or 0) + 1) .. run
    end
    runs[p], runs[p + 1] = id, padded .. '-' .. sub(text, 3, line_1) .. this_run .. sub(text, line_2, line_4 - 1)
    leases[p], leases[p + 1] = lease_end, id
    reply[i + 4] = text
    claimed[task] = (claimed[task] or 0) + 1
  end
  for task, by in pairs(claimed) do
    names[#names + 1], changes[#changes + 1] = 'queued:' .. task, -by
    names[#names + 1], changes[#changes + 1] = 'running:' .. task, by
  end
  for task, by in pairs(started) do
    names[#names + 1], changes[#changes + 1] = 'started:' .. task, by
    names[#names + 1], changes[#changes + 1] = 'total_lateness:' .. task, lateness[task]
    set[#set + 1] = 'lateness:' .. task
    set[#set + 1] = int(lateness[task] / by)
  end
  reply[4] = table.concat(ids, ' ')
  -- The first write must be one that Redis allows when `maxmemory` is reached.
  call('ZREMRANGEBYRANK', prefix .. 'ready', 0, #ids - 1)
  call('ZREM', prefix .. 'sleepers', sleeper)
  call(unpack(runs))
  call(unpack(leases))
  set[#set + 1] = 'token'
  set[#set + 1] = token
  next_timer = math.min(next_timer, now + lease)
  timers_changed = true
  call('HSET', data, 'seen', at, 'lease', ARGV[9], 'node', this_process, 'slots', ARGV[13], 'nonce', nonce, 'got',
    token .. ' ' .. reply[4])
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
