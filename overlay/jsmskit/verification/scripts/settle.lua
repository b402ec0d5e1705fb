-- KEYS: tally, the names of the session, then the names from which the reservation is taken back, if it is.
tally(step.tally)
local undone = 2 + step.names
if #KEYS >= undone then
  for place = undone, #KEYS do
    redis.call('ZREM', KEYS[place], step.reservation)
  end
  return 'null'
end
local found = find_session(2)
if found and tonumber(found.sequence) > step.sequence then
  return 'null'
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
return 'null'
