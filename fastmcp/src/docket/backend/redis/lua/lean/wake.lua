-- The end of every lean step: wakes one sleeper per execution that became ready, and one for the next timer; see
-- `main.lua`.
if (ready_added > 0 or timers_changed) and call('EXISTS', prefix .. 'sleepers') == 1 then
  local command = 'ZPOPMAX'
  local next_moment = math.max(next_timer, now)
  while true do
    if ready_added <= 0 then
      if not timers_changed or command == 'ZPOPMIN' and ready_added < 0 or next_timer == math.huge
        or call('ZCOUNT', prefix .. 'sleepers', at, string.format('%d%08d', next_moment / 1e8, next_moment % 1e8)) > 0 then
        break
      end
      command = 'ZPOPMIN'
    end
    local sleeper = call(command, prefix .. 'sleepers')[1]
    if not sleeper then
      break
    end
    local process, worker = string.match(sleeper, '^(%x+) (.*)$')
    if process and tonumber(call('ZSCORE', prefix .. 'nodes', process) or 0) > now then
      local inbox = prefix .. 'in:' .. process
      call('XADD', inbox, 'MAXLEN', '~', '16384', '*', 'event', 'work', 'worker', worker)
      call('PEXPIRE', inbox, '60000')
      ready_added, timers_changed = ready_added - 1, true
    end
  end
end
return reply
