-- The beginning of every lean step: the common case of a step that runs for every execution.
--
-- A lean step either does all that the complete script would do, or it writes nothing and returns nil; the caller then
-- sends the same arguments to the complete script. It leaves to the complete script whatever is rare: timers that have
-- elapsed, limits, owners, watchers, retention, notes, journals and damaged entries. The functions of the complete script
-- would be created again at every call, which costs more than the step itself.
local call, match, format = redis.call, string.match, string.format
local sub, find, byte = string.sub, string.find, string.byte
local prefix = string.sub(KEYS[1], 1, -5) .. '2:'
local clock = call('TIME')
-- Ten digits and six. `format` would convert both texts to numbers first.
local at = clock[1] .. sub('00000' .. clock[2], -6)
local now = tonumber(at)
local root = call('HMGET', KEYS[1], 'version', 'next', 'sweep', 'bytes', 'id', 'back', 'token', 'paused', 'ended_bytes')
-- The earliest moment at which a timer can elapse. It may be too early, never too late.
local next_timer, sweep = tonumber(root[2]) or math.huge, tonumber(root[3]) or math.huge
if root[1] ~= '2' or now >= next_timer or now >= sweep then
  return nil
end
local this_process = match(ARGV[6], '^%x+')
if this_process ~= ARGV[6] and tonumber(call('ZSCORE', prefix .. 'nodes', this_process) or 0) <= now then
  return nil
end

-- `%.0f` costs as much as two commands, and `%d` may be limited to 32 bits.
local function int(number)
  if number < 1e9 then
    return format('%d', number)
  end
  return format('%d%08d', number / 1e8, number % 1e8)
end

-- The new values of the root, as a command, and the changes of its numbers.
local set = { 'HSET', KEYS[1] }
local names, changes = {}, {}
-- The number of executions that became ready, and whether a timer was added.
local ready_added, timers_changed = 0, false
local reply
