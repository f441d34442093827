-- Submits one execution under a new key, without options. It does the same as `submit.lua` without tables, which cost as
-- much as the commands when there is one execution.
local call, sub, find = redis.call, string.sub, string.find
local root_key, process, text = KEYS[1], ARGV[6], ARGV[7]
-- A submission with options has more arguments.
if ARGV[8] then
  return nil
end
local prefix = sub(root_key, 1, -5) .. '2:'
local names_start = find(text, '\n\n', 34, true)
local task_end = names_start and find(text, '\n', names_start + 4, true)
local key_end = task_end and find(text, '\n', task_end + 1, true)
local size = key_end and tonumber(sub(text, 1, 10))
if not size then
  return nil
end
local queued = 'queued:' .. sub(text, names_start + 4, task_end - 1)
local clock = call('TIME')
local at = clock[1] .. sub('00000' .. clock[2], -6)
local now = tonumber(at)
local root = call('HMGET', root_key, 'version', 'next', 'sweep', 'bytes', 'id', 'back', 'paused', queued)
local next_timer, sweep = root[2] and tonumber(root[2]), root[3] and tonumber(root[3])
if root[1] ~= '2' or next_timer and now >= next_timer or sweep and now >= sweep then
  return nil
end
local this_process = sub(process, 1, 16)
if this_process ~= process and tonumber(call('ZSCORE', prefix .. 'nodes', this_process) or 0) <= now then
  return nil
end
local pending = call('ZCARD', prefix .. 'alive')
local limits = ARGV[2]
local capacity_end = find(limits, ' ', 1, true)
local capacity_bytes = tonumber(sub(limits, capacity_end + 1, find(limits, ' ', capacity_end + 1, true) - 1))
local bytes = size + (pending > 0 and root[4] or 0)
if pending >= tonumber(sub(limits, 1, capacity_end - 1)) or bytes > capacity_bytes then
  return nil
end
local id, last = at, tonumber(root[5] or '') or 0
if last >= now then
  id = string.format('%d%08d', (last + 1) / 1e8, (last + 1) % 1e8)
end
local back = (tonumber(root[6] or '') or 0) + 1
local position = string.format('%07d%08d', back / 1e8, back % 1e8)
-- The first write: it does nothing if the key has an execution, and Redis refuses it when `maxmemory` is reached.
if not call('SET', prefix .. 'k:' .. sub(text, task_end + 1, key_end - 1), id, 'NX') then
  return nil
end
local priority = sub(text, names_start + 2, names_start + 2)
call('SET', prefix .. 'x:' .. id, 'q-0000000000000000 ' .. at .. ' ' .. at .. ' ' .. text)
call('ZADD', prefix .. 'ready', (priority == '1' and '3' or priority == '0' and '1' or '5') .. position, id)
call('ZADD', prefix .. 'alive', at, id)
call('ZADD', prefix .. 'all', id, id)
if pending == 0 then
  call('PERSIST', prefix .. 'all')
end
call('HSET', root_key, 'id', id, 'back', back, 'bytes', bytes, queued, (root[8] or 0) + 1)
local ready_added, timers_changed, reply = root[7] == '1' and 0 or 1, false, id
next_timer = next_timer or math.huge
