-- Settles runs that have completed, of executions without options. The answer to any other run is empty: the caller sends
-- those to the complete script.
local ttl, keep_most, keep_bytes = match(ARGV[3], '^(%d+)'), match(ARGV[4], '^(%d+) (%d+)$')
ttl, keep_most, keep_bytes = tonumber(ttl), tonumber(keep_most), tonumber(keep_bytes)
local expires_ms = int(math.ceil((now + ttl) / 1000))
if ttl < 1 or call('EXISTS', prefix .. 'turns', prefix .. 'orphans') > 0 then
  return nil
end
-- A settlement is one argument, `<id> <token>=<result>`; one with options has no result, and 7 more arguments.
local ids, places = {}, {}
local i = 7
while i <= #ARGV do
  local n = #ids + 1
  ids[n], places[n] = sub(ARGV[i], 1, 16), i
  i = i + (find(ARGV[i], '=', 1, true) and 1 or 8)
end
local runs = call('HMGET', prefix .. 'running', unpack(ids))
local leases, settled, alive = { 'ZREM', prefix .. 'leases' }, { 'HDEL', prefix .. 'running' }, { 'ZREM', prefix .. 'alive' }
local entries = { 'ZADD', prefix .. 'ended' }
local expires = int(now + ttl)
local bytes, ended_bytes = tonumber(root[4]) or 0, tonumber(root[9]) or 0
local ended, keys, texts, is_settled, middles, completed = {}, {}, {}, {}, {}, {}
-- One letter per settlement: `c` completed, `f` fenced, `r` for the rest.
reply = {}
for n = 1, #ids do
  local id, run, argument = ids[n], runs[n], ARGV[places[n]]
  -- IDs and tokens of other lengths are left to the complete script.
  if byte(argument, 34) ~= 61 or byte(argument, 17) ~= 32 then
    reply[n] = 'r'
  elseif not run or sub(run, 1, 16) ~= sub(argument, 18, 33) or is_settled[id] then
    reply[n] = 'f'
  else
    reply[n] = 'r'
    -- A run of an execution without options; see `record.lua`.
    local line_1 = byte(run, 17) == 45 and find(run, '\n', 101, true)
    local line_2 = line_1 and find(run, '\n', line_1 + 1, true)
    local line_3 = line_2 and find(run, '\n', line_2 + 1, true)
    local size = line_3 and tonumber(sub(run, 69, 78))
    if size then
      local task, m, length = sub(run, line_2 + 3, line_3 - 1), #ended + 1, #argument - 34
      is_settled[id] = true
      reply[n] = 'c'
      ended[m], keys[m] = prefix .. 'x:' .. id, prefix .. 'k:' .. sub(run, line_3 + 1)
      leases[m + 2], settled[m + 2], alive[m + 2] = id, id, id
      texts[m] = 'c=' .. at .. sub(run, 34) .. '\n' .. sub(argument, 35)
      local middle = middles[length]
      if not middle then
        middle = format(' %d ended completed ', length)
        middles[length] = middle
      end
      entries[m * 2 + 1], entries[m * 2 + 2] = expires, id .. middle .. task
      bytes, ended_bytes = bytes - size, ended_bytes + length
      completed[task] = (completed[task] or 0) + 1
    end
  end
end
reply = table.concat(reply)
if #ended > 0 then
  local pending = call('ZCARD', prefix .. 'alive') - #ended
  local surplus = call('ZCARD', prefix .. 'ended') + #ended - keep_most
  -- The oldest results make room for the new ones. A step does not read more than a megabyte for that.
  local dropped, dropped_bytes = surplus > 0 and call('ZRANGE', prefix .. 'ended', 0, surplus - 1) or {}, 0
  local dropped_ids, dropped_keys, dropped_counts = {}, {}, {}
  for m = 1, #dropped do
    -- `<id> <bytes> ended <state> <task>`
    local entry = dropped[m]
    local id_end = find(entry, ' ', 1, true)
    local size_end = id_end and find(entry, ' ended ', id_end + 1, true)
    local state_end = size_end and find(entry, ' ', size_end + 7, true)
    local size = state_end and tonumber(sub(entry, id_end + 1, size_end - 1))
    if not size then
      return nil
    end
    local id = sub(entry, 1, id_end - 1)
    dropped_ids[m], dropped_keys[m] = id, prefix .. 'x:' .. id
    dropped_bytes = dropped_bytes + size
    local name = sub(entry, size_end + 7, state_end - 1) .. ':' .. sub(entry, state_end + 1)
    dropped_counts[name] = (dropped_counts[name] or 0) - 1
  end
  ended_bytes = math.max(ended_bytes - dropped_bytes, 0)
  if ended_bytes > keep_bytes or #dropped < surplus or #dropped > 1000 or dropped_bytes > 1e6
    or call('ZRANGEBYSCORE', prefix .. 'marks', int(pending), '+inf', 'LIMIT', 0, 1)[1] then
    return nil
  end
  if dropped[1] then
    local dropped_texts, holders = call('MGET', unpack(dropped_keys)), {}
    for m = 1, #dropped do
      local text, key = dropped_texts[m], ''
      -- The text of an execution that has expired is missing, and its key has expired with it.
      if text then
        -- The key is the fourth line; see `record.lua`.
        local line_1 = find(text, '\n', 1, true)
        local line_2 = line_1 and find(text, '\n', line_1 + 1, true)
        local line_3 = line_2 and find(text, '\n', line_2 + 1, true)
        local line_4 = line_3 and find(text, '\n', line_3 + 1, true)
        key = line_4 and sub(text, line_3 + 1, line_4 - 1)
        if not key or find(key, '\\', 1, true) or not find(text, '^%l[-=x]') then
          return nil
        end
      end
      holders[m] = prefix .. 'k:' .. key
    end
    local holding = call('MGET', unpack(holders))
    for m = 1, #dropped do
      dropped_keys[#dropped_keys + 1] = prefix .. 'y:' .. dropped_ids[m]
      -- A newer execution may hold the key by now.
      if holding[m] == dropped_ids[m] then
        dropped_keys[#dropped_keys + 1] = holders[m]
      end
    end
  end
  -- The first write must be one that Redis allows when `maxmemory` is reached.
  call(unpack(leases))
  call(unpack(alive))
  call(unpack(settled))
  if dropped[1] then
    call('ZREMRANGEBYRANK', prefix .. 'ended', 0, #dropped - 1)
    call('ZREM', prefix .. 'all', unpack(dropped_ids))
    call('UNLINK', unpack(dropped_keys))
  end
  for m = 1, #ended do
    -- With a moment instead of a duration, Redis does not rewrite the commands for its log.
    call('SET', ended[m], texts[m], 'PXAT', expires_ms)
    call('PEXPIREAT', keys[m], expires_ms)
  end
  call(unpack(entries))
  local needed = ttl / 1000 + 1000
  if call('PTTL', prefix .. 'ended') < needed then
    needed = needed + ttl / 8000
    call('PEXPIRE', prefix .. 'ended', int(math.ceil(needed)))
  end
  if pending == 0 then
    call('PEXPIRE', prefix .. 'all', int(math.ceil(math.max(call('PTTL', prefix .. 'over'), call('PTTL', prefix .. 'ended')))))
  end
  set[3], set[4], set[5], set[6] = 'bytes', int(math.max(bytes, 0)), 'ended_bytes', int(ended_bytes)
  sweep = math.min(sweep, now + ttl)
  for task, by in pairs(completed) do
    names[#names + 1], changes[#changes + 1] = 'running:' .. task, -by
    local name = 'completed:' .. task
    dropped_counts[name] = (dropped_counts[name] or 0) + by
  end
  for name, by in pairs(dropped_counts) do
    names[#names + 1], changes[#changes + 1] = name, by
  end
end
