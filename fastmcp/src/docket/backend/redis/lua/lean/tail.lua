-- Writes the counters of a lean step.
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
