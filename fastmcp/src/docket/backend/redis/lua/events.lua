-- Events for the processes that wait for them, and the history of an execution.

events.INBOX_TTL = 60000000

-- Appends an event to a process's inbox; returns false if that process no longer reads it.
function events.send_event(process, ...)
  local registered_until = tonumber(call('ZSCORE', prefix .. 'nodes', process) or 0)
  if registered_until <= now then
    return false
  end
  local inbox = prefix .. 'in:' .. process
  -- The length limit bounds the memory that a slow reader occupies. A reader that receives a full batch reads
  -- everything again.
  call('XADD', inbox, 'MAXLEN', '~', '16384', '*', ...)
  docket.expire_after(inbox, events.INBOX_TTL)
  return true
end

-- Sends an execution's new state to the processes that watch it, listed in `watch`.
function events.publish_state(id, watch)
  if not watch then
    return
  end
  local flat = execution.read_record(id, true)
  if flat then
    for process in string.gmatch(watch, '%x+') do
      events.send_event(process, 'event', 'state', unpack(flat))
    end
  end
end

-- Appends an incident to the history, one line of JSON each. Drops the oldest incident beyond 32 (`Record::HISTORY`).
function events.append_history(history, worker, attempt, delivery, what)
  local line = '{"at":' .. int(now) .. ',"worker":' .. cjson.encode(worker or '')
    .. ',"attempt":' .. (attempt or '1') .. ',"delivery":' .. (delivery or '0')
    .. ',"what":' .. cjson.encode(what) .. '}'
  if not history then
    return line
  end
  local _, lines = string.gsub(history, '\n', '\n')
  if lines >= 31 then
    history = string.sub(history, string.find(history, '\n', 1, true) + 1)
  end
  return history .. '\n' .. line
end
