-- Steps that read executions or the docket, and that register processes for events.

local function resolve_id(kind, value)
  if kind == 'key' then
    return call('MGET', prefix .. 'k:' .. value)[1]
  end
  return value
end

function steps.find()
  local id = resolve_id(ARGV[7], ARGV[8])
  return id and execution.read_record(id) or {}
end

-- Adds this process to those that watch an execution. Returns the record and the ID of the inbox's last entry: events
-- after that entry are newer than the record.
function steps.watch()
  local id = resolve_id(ARGV[7], ARGV[8])
  local flat = id and execution.read_record(id)
  if not flat then
    return { {}, '0-0' }
  end
  local last = call('XREVRANGE', prefix .. 'in:' .. this_process, '+', '-', 'COUNT', 1)
  local f = execution.read_fields(id, 'state', 'watch')
  if f.state ~= 'completed' and f.state ~= 'failed' and f.state ~= 'cancelled' and f.state ~= 'dead' then
    local watching, is_listed = {}, false
    for process in string.gmatch(f.watch or '', '%x+') do
      -- Drops processes whose registration has lapsed, so that the list does not grow.
      if tonumber(call('ZSCORE', prefix .. 'nodes', process) or 0) > now then
        watching[#watching + 1] = process
        is_listed = is_listed or process == this_process
      end
    end
    if not is_listed then
      watching[#watching + 1] = this_process
      execution.write(id, 'watch', table.concat(watching, ' '))
    end
  end
  return { flat, last[1] and last[1][1] or '0-0' }
end

function steps.dead_letters()
  local letters = {}
  for _, id in ipairs(call('ZRANGE', prefix .. 'dead', 0, tonumber(ARGV[7]) - 1)) do
    letters[#letters + 1] = ending.guarded(id, execution.read_record) or nil
  end
  return letters
end

function steps.snapshot()
  local limit = tonumber(ARGV[7])
  local ids = {}
  if limit > 0 then
    for _, set in ipairs({ 'alive', 'dead' }) do
      for _, id in ipairs(call('ZRANGE', prefix .. set, 0, limit - 1)) do
        ids[#ids + 1] = id
      end
    end
    table.sort(ids)
  end
  local records = {}
  for i = 1, math.min(limit, #ids) do
    records[#records + 1] = ending.guarded(ids[i], execution.read_record) or nil
  end
  local run_counts = {}
  local names = call('ZRANGEBYSCORE', prefix .. 'workers', '(' .. int(now), '+inf')
  local running = call('ZCARD', prefix .. 'leases')
  if #names > 0 then
    -- Bounded: with more than 10,000 running executions the counts per worker are too low, but Redis is not blocked.
    for _, id in ipairs(call('ZRANGE', prefix .. 'leases', 0, 9999)) do
      local worker = execution.worker(id)
      if worker then
        run_counts[worker] = (run_counts[worker] or 0) + 1
      end
    end
  end
  local workers = {}
  for _, name in ipairs(names) do
    local since, seen = unpack(call('HMGET', prefix .. 'w:' .. name, 'since', 'seen'))
    workers[#workers + 1] = { name, since or '0', seen or '0', int(run_counts[name] or 0) }
  end
  local scheduled = call('ZCARD', prefix .. 'later') + call('ZCARD', prefix .. 'aside')
  return {
    { int(scheduled), int(docket.pending - running - scheduled), int(running), int(call('ZCARD', prefix .. 'dead')),
      docket.paused and '1' or '0', int(now) },
    call('SMEMBERS', prefix .. 'struck'), records, workers,
  }
end

function steps.signals()
  return call('SMEMBERS', prefix .. 'signals:' .. ARGV[7])
end

-- Returns whether at most `threshold` executions are pending. If not, registers this process for the event.
function steps.wait()
  local threshold = tonumber(ARGV[7])
  if docket.pending <= threshold then
    return '1'
  end
  -- One entry per process, with its highest threshold: every waiter of the process checks again when it is woken.
  call('ZADD', prefix .. 'marks', 'GT', int(threshold), this_process)
  return '0'
end

-- Returns whether other processes write to this process's inbox.
function processes.is_registered()
  return tonumber(call('ZSCORE', prefix .. 'nodes', this_process) or 0) > now
end

local function register()
  call('ZADD', prefix .. 'nodes', int(now + events.INBOX_TTL / 2), this_process)
  docket.expire_after(prefix .. 'nodes', events.INBOX_TTL)
end

-- Registers a process again whose registration has vanished, as after FLUSHALL or on a server that lost its last writes.
-- The event makes it read everything again that it waits for.
function processes.register_again()
  register()
  events.send_event(this_process, 'event', 'reset')
end

-- Extends the registration of this process's inbox and trims the entries it has read. Returns whether the registration
-- was still valid.
function steps.heartbeat()
  local inbox = prefix .. 'in:' .. this_process
  local was_registered = processes.is_registered()
  register()
  if ARGV[7] ~= '0-0' then
    call('XTRIM', inbox, 'MINID', ARGV[7])
  end
  docket.expire_after(inbox, events.INBOX_TTL)
  for _, process in ipairs(call('ZRANGEBYSCORE', prefix .. 'nodes', '-inf', int(now))) do
    call('ZREM', prefix .. 'nodes', process)
    call('ZREM', prefix .. 'marks', process)
    call('UNLINK', prefix .. 'in:' .. process)
  end
  call('ZREMRANGEBYSCORE', prefix .. 'workers', '-inf', int(now - events.INBOX_TTL))
  return was_registered and '1' or '0'
end

-- Removes a worker from the sleepers, because its claim was dropped.
function steps.cancel_sleep()
  call('ZREM', prefix .. 'sleepers', this_process .. ' ' .. ARGV[7])
  -- A wake-up for this worker may be on its way, so another sleeper is woken instead.
  if not docket.paused and call('EXISTS', prefix .. 'ready', prefix .. 'turns') > 0 then
    docket.ready_added = docket.ready_added + 1
  end
  return 'done'
end
