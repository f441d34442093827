-- The end of every lean step: writes the counters, and wakes sleeping workers.
if next_timer ~= (tonumber(root[2]) or math.huge) then
  set[#set + 1] = 'next'
  set[#set + 1] = int(next_timer)
end
if sweep ~= (tonumber(root[3]) or math.huge) then
  set[#set + 1] = 'sweep'
  set[#set + 1] = int(sweep)
end
if names[1] then
  local values = call('HMGET', KEYS[1], unpack(names))
  for i = 1, #names do
    set[#set + 1] = names[i]
    set[#set + 1] = int((values[i] or 0) + changes[i])
  end
end
if set[3] then
  call(unpack(set))
end

-- Wakes one sleeper per execution that became ready, and one for the next timer; see `main.lua`.
if (ready_added > 0 or timers_changed) and call('EXISTS', prefix .. 'sleepers') == 1 then
  local command = 'ZPOPMAX'
  while true do
    if ready_added <= 0 then
      if not timers_changed or command == 'ZPOPMIN' and ready_added < 0 or next_timer == math.huge
        or call('ZCOUNT', prefix .. 'sleepers', at, int(math.max(next_timer, now))) > 0 then
        break
      end
      command = 'ZPOPMIN'
    end
    local sleeper = call(command, prefix .. 'sleepers')[1]
    if not sleeper then
      break
    end
    local process, worker = match(sleeper, '^(%x+) (.*)$')
    if process and tonumber(call('ZSCORE', prefix .. 'nodes', process) or 0) > now then
      local inbox = prefix .. 'in:' .. process
      call('XADD', inbox, 'MAXLEN', '~', '16384', '*', 'event', 'work', 'worker', worker)
      call('PEXPIRE', inbox, '60000')
      ready_added, timers_changed = ready_added - 1, true
    end
  end
end
return reply
