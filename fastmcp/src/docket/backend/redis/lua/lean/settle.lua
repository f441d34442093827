-- Settles runs that have completed, of executions without options. The answer to any other run is empty: the caller sends
-- those to the complete script.
local ttl, keep_most, keep_bytes = match(ARGV[3], '^(%d+)'), match(ARGV[4], '^(%d+) (%d+)$')
ttl, keep_most, keep_bytes = tonumber(ttl), tonumber(keep_most), tonumber(keep_bytes)
local left = int(math.ceil(ttl / 1000))
if ttl < 1 or call('EXISTS', prefix .. 'turns', prefix .. 'orphans') > 0 then
  return nil
end
-- A settlement has 3 arguments; one with options has 7 more, and an empty result.
local keys, ids, tokens, results = {}, {}, {}, {}
local i = 7
while i <= #ARGV do
  local n = #ids + 1
  ids[n], tokens[n], results[n], keys[n] = ARGV[i], ARGV[i + 1], ARGV[i + 2], prefix .. 'x:' .. ARGV[i]
  i = i + (results[n] == '' and 10 or 3)
end
local texts, runs = call('MGET', unpack(keys)), call('HMGET', prefix .. 'running', unpack(ids))
local leases, running, alive = { 'ZREM', prefix .. 'leases' }, { 'HDEL', prefix .. 'running' }, { 'ZREM', prefix .. 'alive' }
local entries = { 'ZADD', prefix .. 'ended' }
local expires = int(now + ttl)
local bytes, ended_bytes = tonumber(root[4]) or 0, tonumber(root[9]) or 0
local ended, names, settled = {}, {}, {}
reply = {}
for n = 1, #ids do
  local id, text, run = ids[n], texts[n], runs[n]
  local delivery, described, token = match(run or '', '^(%d+) +((%d+) .*)$')
  if token ~= tokens[n] or settled[id] then
    reply[n] = 'fenced'
  else
    reply[n] = ''
    local attempt, moments, size, lines, task, key
    if results[n] ~= '' then
      attempt, moments, size, lines, task, key =
        match(text or '', '^q%-(%d+) %d+ (%d+ %d+) %d+ (%d+) (%S*\n%d ([^\n]*)\n([^\n]*)\n)')
    end
    if attempt then
      local result = string.sub(results[n], 2)
      local m = #ended + 3
      settled[id] = true
      reply[n] = 'completed'
      ended[m - 2] = keys[n]
      names[m - 2] = prefix .. 'k:' .. key
      leases[m], running[m], alive[m] = id, id, id
      texts[m - 2] = 'c=' .. attempt .. ' ' .. delivery .. ' ' .. moments .. ' 0 ' .. size .. ' ' .. lines .. at .. ' '
        .. described .. '\n' .. result
      entries[m * 2 - 3], entries[m * 2 - 2] = expires, id .. format(' %d ended completed ', #result) .. task
      bytes, ended_bytes = bytes - size, ended_bytes + #result
      local counter = 'running:' .. task
      counted[counter] = (counted[counter] or 0) - 1
      counter = 'completed:' .. task
      counted[counter] = (counted[counter] or 0) + 1
    end
  end
end
if #ended > 0 then
  local pending = call('ZCARD', prefix .. 'alive') - #ended
  local surplus = call('ZCARD', prefix .. 'ended') + #ended - keep_most
  if ended_bytes > keep_bytes or surplus > 0
    or call('ZRANGEBYSCORE', prefix .. 'marks', int(pending), '+inf', 'LIMIT', 0, 1)[1] then
    return nil
  end
  -- The first write must be one that Redis allows when `maxmemory` is reached.
  call(unpack(leases))
  call(unpack(alive))
  call(unpack(running))
  for m = 1, #ended do
    call('SET', ended[m], texts[m], 'PX', left)
    call('PEXPIRE', names[m], left)
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
end
