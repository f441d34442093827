-- Limits that executions share: how many run, and how many start in a span.
--
-- `lane:<lane>` is the set of those that run, `line:<lane>` those that wait for a place, `given:` and `made:` the start
-- times that a rate limit gave out and those that really were.

-- Takes a place, or waits in line for one: at its head, if it was let go from there and another was faster.
local function enter(limit, id, was_let_go)
  local lane = P .. 'lane:' .. limit[1]
  if call('SCARD', lane) < limit[2] then
    call('SADD', lane, id)
    return true
  end
  local line = 'line:' .. limit[1]
  call('ZADD', P .. line, was_let_go and first_in_line(1) or last_in_line(1), id)
  call('HSET', x(id), 'at', line)
  return false
end

-- Lets the next in line go, if the lane has room.
local function pass_the_turn_on(limits)
  local limit = limits and limits.concurrency
  if not limit or call('SCARD', P .. 'lane:' .. limit[1]) >= limit[2] then
    return
  end
  while true do
    local next = call('ZPOPMIN', P .. 'line:' .. limit[1])[1]
    if not next then
      return
    end
    local f = call('HMGET', x(next), 'state', 'priority')
    if f[1] == 'queued' then
      call('HSET', x(next), 'let_go', '1')
      call('HDEL', x(next), 'at')
      ready_first(next, f[2])
      return
    end
  end
end

-- Starts now (nil), or says when to try.
local function start_time(limit, has_start_time)
  local at_most, per = limit[2], limit[3]
  local given, made = P .. 'given:' .. limit[1], P .. 'made:' .. limit[1]
  if not has_start_time then
    local start = now
    if call('LLEN', given) >= at_most then
      local oldest = tonumber(call('LINDEX', given, -at_most))
      local latest = tonumber(call('LINDEX', given, -1))
      if oldest + per > now then
        -- One by one, not all together when the span is over.
        start = math.max(oldest + per, latest + math.floor(per / at_most))
      end
    end
    call('RPUSH', given, int(start))
    call('LTRIM', given, -at_most, -1)
    expire_at(given, start + per)
    if start > now then
      return start
    end
  end
  if call('LLEN', made) >= at_most then
    local oldest = tonumber(call('LINDEX', made, -at_most))
    if oldest + per > now then
      return oldest + per
    end
  end
  call('RPUSH', made, int(now))
  call('LTRIM', made, -at_most, -1)
  expire_at(made, now + per)
  return nil
end
