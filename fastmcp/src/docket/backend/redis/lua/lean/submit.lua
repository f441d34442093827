-- Submits executions under new keys, without options. An argument is the text of an execution after `<submitted>`; see
-- `record.lua`. No two of them have the same key.
local count = #ARGV - 6
local first = math.max((tonumber(root[5]) or 0) + 1, now)
local id, back = first, (tonumber(root[6]) or 0) + 1
local high, low = format('%d', id / 1e6), id % 1e6
local head = 'q-0000000000000000 ' .. at .. ' ' .. at .. ' '
-- All executions of a batch have the same position: members of the same score are sorted by their text, so by their ID.
local position = format('%07d%08d', back / 1e8, back % 1e8)
-- By the digit of the priority.
local scores = { [48] = '1' .. position, [49] = '3' .. position, [50] = '5' .. position }
local keys, mset, alive, all = { 'MGET' }, { 'MSET' }, { 'ZADD', prefix .. 'alive' }, { 'ZADD', prefix .. 'all' }
local ready, queued, bytes = { 'ZADD', prefix .. 'ready' }, {}, 0
local x, k = prefix .. 'x:', prefix .. 'k:'
for i = 1, count do
  local text = ARGV[i + 6]
  local names_start = find(text, '\n\n', 34, true)
  local task_end = names_start and find(text, '\n', names_start + 4, true)
  local key_end = task_end and find(text, '\n', task_end + 1, true)
  -- A submission with options begins with `+`.
  local size = key_end and byte(text) ~= 43 and tonumber(sub(text, 1, 10))
  if not size then
    return nil
  end
  local task, key = sub(text, names_start + 4, task_end - 1), sub(text, task_end + 1, key_end - 1)
  local name, a, m = high .. format('%06d', low), i * 2 + 1, i * 4 - 2
  key = k .. key
  keys[i + 1] = key
  bytes = bytes + size
  ready[a], ready[a + 1] = scores[byte(text, names_start + 2)], name
  alive[a], alive[a + 1] = at, name
  all[a], all[a + 1] = name, name
  mset[m], mset[m + 1], mset[m + 2], mset[m + 3] = x .. name, head .. text, key, name
  queued[task] = (queued[task] or 0) + 1
  id, low = id + 1, low + 1
  if low >= 1e6 then
    high, low = format('%d', id / 1e6), 0
  end
end
local present = call(unpack(keys))
for i = 1, count do
  if present[i] then
    return nil
  end
end
local pending = call('ZCARD', prefix .. 'alive')
local capacity, capacity_bytes = match(ARGV[2], '^(%d+) (%d+)')
bytes = bytes + (pending > 0 and tonumber(root[4]) or 0)
if pending + count > tonumber(capacity) or bytes > tonumber(capacity_bytes) then
  return nil
end
call(unpack(ready))
call(unpack(alive))
call(unpack(all))
call(unpack(mset))
if pending == 0 then
  call('PERSIST', prefix .. 'all')
end
set[3], set[4], set[5], set[6], set[7], set[8] = 'id', int(id - 1), 'back', int(back), 'bytes', int(bytes)
ready_added = root[8] == '1' and 0 or count
for task, by in pairs(queued) do
  names[#names + 1], changes[#changes + 1] = 'queued:' .. task, by
end
reply = int(first)
