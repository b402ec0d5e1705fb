-- KEYS: tally, the names of the session, then the names under which the reservation was counted.
tally(step.tally)
if step.undo then
  for place = 2 + step.names, #KEYS do
    redis.call('ZREM', KEYS[place], step.reservation)
  end
  return cjson.encode({current = true})
end
local found = find_session(2)
if found and tonumber(found.sequence) > step.sequence then
  return cjson.encode({current = false})
end
for place = 2, 1 + step.names do
  redis.call('DEL', KEYS[place])
end
if step.msg_id ~= cjson.null then
  redis.call(
    'HSET', KEYS[2], 'reservation', step.reservation, 'sequence', text(step.sequence), 'msg_id', step.msg_id,
    'expires', text(step.expires), 'forget', text(now + step.keep), 'attempts', '0')
  redis.call('PEXPIRE', KEYS[2], text(step.keep))
end
return cjson.encode({current = true})
