-- Limits that executions share: the number that run at once, and the number that start per period.
--
-- `lane:<lane>` is the set of running executions, and `line:<lane>` the queue of executions that wait for a slot.
-- `given:<lane>` has the start times that a rate limit has assigned, and `made:<lane>` the actual start times.

-- Takes a slot of a lane and returns true, or queues the execution and returns false. An execution that was released
-- but found its slot taken goes to the front, so that it keeps its turn.
function lanes.acquire_slot(limit, id, was_released)
  local lane = prefix .. 'lane:' .. limit[1]
  if call('SCARD', lane) < limit[2] then
    call('SADD', lane, id)
    return true
  end
  local line = 'line:' .. limit[1]
  call('ZADD', prefix .. line, was_released and docket.front_position(1) or docket.back_position(1), id)
  execution.write(id, 'at', line)
  return false
end

-- Makes the next execution in the lane's queue ready, if the lane has a free slot.
function lanes.release_next(limits)
  local limit = limits and limits.concurrency
  if not limit or call('SCARD', prefix .. 'lane:' .. limit[1]) >= limit[2] then
    return
  end
  while true do
    local id = call('ZPOPMIN', prefix .. 'line:' .. limit[1])[1]
    if not id then
      return
    end
    local f = execution.read_fields(id, 'state', 'priority', 'owner')
    -- Executions in another state are skipped: another program may have removed or changed them.
    if f.state == 'queued' then
      execution.write(id, 'let_go', '1')
      execution.erase(id, 'at')
      queue.push_ready_front(id, f.priority, f.owner)
      return
    end
  end
end

-- Records a start now and returns nil, or returns the time at which to try again.
--
-- A start time is assigned first (`given`), so that waiting executions keep their order. The actual starts (`made`) are
-- checked again, because an assigned time may pass before a worker is free.
function lanes.reserve_start(limit, has_start_time)
  local at_most, period = limit[2], limit[3]
  local given, made = prefix .. 'given:' .. limit[1], prefix .. 'made:' .. limit[1]
  if not has_start_time then
    local start = now
    if call('LLEN', given) >= at_most then
      local oldest = tonumber(call('LINDEX', given, -at_most))
      local latest = tonumber(call('LINDEX', given, -1))
      if oldest + period > now then
        -- Spread evenly, rather than all at the end of the period.
        start = math.max(oldest + period, latest + math.floor(period / at_most))
      end
    end
    call('RPUSH', given, int(start))
    call('LTRIM', given, -at_most, -1)
    docket.expire_at(given, start + period)
    if start > now then
      return start
    end
  end
  if call('LLEN', made) >= at_most then
    local oldest = tonumber(call('LINDEX', made, -at_most))
    if oldest + period > now then
      return oldest + period
    end
  end
  call('RPUSH', made, int(now))
  call('LTRIM', made, -at_most, -1)
  docket.expire_at(made, now + period)
  return nil
end
