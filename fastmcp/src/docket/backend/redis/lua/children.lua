-- Children: executions that are cancelled together with the one that has added them, their parent.
--
-- `children:<parent>` holds those that have not ended, by ID, and the parent has the field `children`. `orphans` holds
-- the cancelled parents with children to cancel, each with its key.

-- The number of children that one step cancels, so that Redis is not blocked. A worker claims again for the others.
local MAX_ORPHANS = 500

-- Adds an execution that is about to be written to the children of `parent`. Returns whether it has become one.
function family.adopt(id, parent)
  local f = execution.read_fields(parent, 'state', 'cancelling', 'key')
  local is_cancelled = f.state == 'cancelled' or f.cancelling
  if not is_cancelled and f.state ~= 'scheduled' and f.state ~= 'queued' and f.state ~= 'running' then
    return false
  end
  call('ZADD', prefix .. 'children:' .. parent, id, id)
  if is_cancelled then
    family.orphan(parent, f.key)
  else
    execution.write(parent, 'children', '1')
  end
  return true
end

local function cancel_child(id, reason)
  if not ending.cancel_waiting(id, reason) then
    ending.signal_cancel(id, reason)
  end
end

-- Cancels children of cancelled executions. Every step ends with it.
function family.cancel_orphans()
  local left = MAX_ORPHANS
  while left > 0 do
    local entry = call('ZRANGE', prefix .. 'orphans', 0, 0)[1]
    if not entry then
      return
    end
    local parent, key = string.match(entry, '^(%d+) (.*)$')
    local children = prefix .. 'children:' .. (parent or '')
    local popped = call('ZPOPMIN', children, left)
    for i = 1, #popped, 2 do
      local reason = 'its parent `' .. key .. '` was cancelled'
      ending.guarded(popped[i], cancel_child, reason)
    end
    left = left - #popped / 2
    if call('EXISTS', children) == 0 then
      call('ZREM', prefix .. 'orphans', entry)
    end
  end
  docket.timers_changed = true
end
