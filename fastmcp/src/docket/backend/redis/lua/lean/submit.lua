-- Submits executions under new keys, without options.
local count = (#ARGV - 7) / 3
local keys, used = {}, {}
for i = 8, #ARGV, 3 do
  local key = ARGV[i]
  -- The arguments of an option would be taken for keys, so the first option ends the loop.
  if used[key] or string.byte(ARGV[i + 2] or '+') == 43 then
    return nil
  end
  used[key] = true
  keys[#keys + 1] = prefix .. 'k:' .. key
end
local pending = call('ZCARD', prefix .. 'alive')
local capacity, capacity_bytes = match(ARGV[2], '^(%d+) (%d+)')
if pending + count > tonumber(capacity) then
  return nil
end
local present = call('MGET', unpack(keys))
for i = 1, count do
  if present[i] then
    return nil
  end
end

local first = math.max((tonumber(root[5]) or 0) + 1, now)
local id, back = first, tonumber(root[6]) or 0
local high, low = format('%d', id / 1e6), id % 1e6
local bytes = pending > 0 and tonumber(root[4]) or 0
local rest = ' ' .. at .. ' 0 %d ' .. match(ARGV[7], '^%x*') .. '.%d\n'
local scores = { ['0'] = '1', ['1'] = '3', ['2'] = '5' }
local mset, alive, all = { 'MSET' }, { 'ZADD', prefix .. 'alive' }, { 'ZADD', prefix .. 'all' }
local ready, later = { 'ZADD', prefix .. 'ready' }, { 'ZADD', prefix .. 'later' }
for n = 0, count - 1 do
  local text, when = ARGV[n * 3 + 9], ARGV[n * 3 + 10]
  local priority, task, place = match(text, '^(%d) ([^\n]*)\n[^\n]*\n\n()')
  local name = high .. format('%06d', low)
  local state, due = 'q-1 0 ', at
  if when ~= '' then
    local kind, value = match(when, '^(%a+) (%d+)$')
    local moment = tonumber(value)
    if kind == 'after' then
      moment = now + moment
    end
    moment = math.max(moment, 1)
    due = int(moment)
    if moment > now then
      state = 's-1 0 '
      next_timer = math.min(next_timer, moment)
      timers_changed = true
      later[#later + 1] = due
      later[#later + 1] = name
    end
  end
  local counter
  if state == 'q-1 0 ' then
    back = back + 1
    ready[#ready + 1] = scores[priority] .. format('%07d%08d', back / 1e8, back % 1e8)
    ready[#ready + 1] = name
    ready_added = ready_added + 1
    counter = 'queued:' .. task
  else
    counter = 'scheduled:' .. task
  end
  counted[counter] = (counted[counter] or 0) + 1
  local size = #text - place + 1
  bytes = bytes + size
  local m, a = #mset, #alive
  mset[m + 1], mset[m + 2] = prefix .. 'x:' .. name,
    state .. due .. format(rest, size, n) .. text
  mset[m + 3], mset[m + 4] = keys[n + 1], name
  alive[a + 1], alive[a + 2] = at, name
  all[a + 1], all[a + 2] = name, name
  id, low = id + 1, low + 1
  if low >= 1e6 then
    high, low = format('%d', id / 1e6), 0
  end
end
if bytes > tonumber(capacity_bytes) then
  return nil
end
if #ready > 2 then
  call(unpack(ready))
end
if #later > 2 then
  call(unpack(later))
end
call(unpack(alive))
call(unpack(all))
call(unpack(mset))
if pending == 0 then
  call('PERSIST', prefix .. 'all')
end
set[3], set[4], set[5], set[6], set[7], set[8] = 'id', int(id - 1), 'back', int(back), 'bytes', int(bytes)
if root[8] == '1' then
  ready_added = 0
end
reply = int(first)
