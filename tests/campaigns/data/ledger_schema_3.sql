PRAGMA user_version=3;
BEGIN TRANSACTION;
CREATE TABLE campaign (
    campaign_id INTEGER PRIMARY KEY,
    plan_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    template_id BIGINT NOT NULL,
    sign_id BIGINT,
    tag TEXT,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL DEFAULT 'direct',
    source TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    source_rows BIGINT NOT NULL DEFAULT 0,
    recipients BIGINT NOT NULL DEFAULT 0,
    units BIGINT NOT NULL DEFAULT 0,
    longest BIGINT NOT NULL DEFAULT 0,
    created_at DOUBLE PRECISION NOT NULL,
    settled_at DOUBLE PRECISION,
    hold_until DOUBLE PRECISION NOT NULL DEFAULT 0,
    slowness BIGINT NOT NULL DEFAULT 0,
    unknown_row BIGINT NOT NULL DEFAULT 0,
    unknown_run BIGINT NOT NULL DEFAULT 0,
    unreachable_row BIGINT NOT NULL DEFAULT 0,
    next_chunk BIGINT NOT NULL DEFAULT 1,
    settings TEXT NOT NULL DEFAULT ''
);
INSERT INTO "campaign" VALUES(1,'da53a77540fd14f3dbf02c1d914913e0f31edb7fed18d17aa108fcc755b6a842','first','paused','1 requests in a row ended without a usable answer.',7,NULL,NULL,'notice','direct','iterable','7aecd3f17463d9e42ac8e057ac0e7832cd6eaab28ae39c9e9cacf9048ae8c94d',252,250,250,16,1772416800.0,NULL,0.0,0,1,100,0,4,'{"concurrency": 1, "rate": null, "deadline_seconds": 60.0, "canary": true, "canary_rejected_share": 0.5, "unknown_in_a_row": 1, "unknown_share": 0.005, "split_calls": 64, "refusal_takes_nobody": true, "too_often_wait_seconds": 600.0, "too_often_tries": 2, "unreachable_in_a_row": 5, "balance_every": 50, "hours": ["08:00", "21:00"], "hours_override": null, "account": "default", "send_within_seconds": 30.0, "worker_silence_seconds": 300.0, "mode": "direct", "schedule_canary_phone": null, "schedule_lead_seconds": 300.0, "schedule_reserve_seconds": 604800.0}');
INSERT INTO "campaign" VALUES(2,'45807a980730901fba8e9280d7b1e793afde3167def3088303d67aee2f4f6c56','second','running','',8,NULL,NULL,'notice','direct','iterable','db062133cc401f87252d42359d299f0ea0af0a8e5d4691e511c0b26dd405b07a',120,120,120,4,1772416800.0,NULL,0.0,0,0,0,0,4,'{"concurrency": 1, "rate": null, "deadline_seconds": 60.0, "canary": false, "canary_rejected_share": 0.5, "unknown_in_a_row": 2, "unknown_share": 0.005, "split_calls": 64, "refusal_takes_nobody": true, "too_often_wait_seconds": 600.0, "too_often_tries": 2, "unreachable_in_a_row": 5, "balance_every": 50, "hours": ["08:00", "21:00"], "hours_override": null, "account": "default", "send_within_seconds": 30.0, "worker_silence_seconds": 300.0, "mode": "direct", "schedule_canary_phone": null, "schedule_lead_seconds": 300.0, "schedule_reserve_seconds": 604800.0}');
INSERT INTO "campaign" VALUES(3,'e3e114137bbc052fafd1fb4e2370783da355f81a883f56fd13bfe4596ee83753','third','planned','',9,NULL,NULL,'marketing','direct','iterable','19c3e59acf3f32e6eda3101880753a2694907c1b517f0862b07c4b6815e6cd88',15,15,15,4,1772416800.0,NULL,0.0,0,0,0,0,3,'');
CREATE TABLE chunk (
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    state TEXT NOT NULL,
    stage BIGINT NOT NULL,
    size BIGINT NOT NULL,
    family BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',
    intent_at DOUBLE PRECISION,
    intent_digest TEXT NOT NULL DEFAULT '',
    settled_at DOUBLE PRECISION,
    not_before DOUBLE PRECISION NOT NULL DEFAULT 0,
    after_unknown BIGINT NOT NULL DEFAULT 0,
    code BIGINT,
    why TEXT NOT NULL DEFAULT '',
    phase TEXT NOT NULL DEFAULT '',
    schedule_id TEXT,
    send_at DOUBLE PRECISION,
    PRIMARY KEY (campaign_id, chunk)
) WITHOUT ROWID;
INSERT INTO "chunk" VALUES(1,1,'accepted',0,10,1,1,'run-dca9878b910c8b20',1772416800.0,'8214219b999b173aac2d441885339d4bd7355e3d61d84a1323942164c3e4a113',1772416800.0,0.0,0,NULL,'','',NULL,NULL);
INSERT INTO "chunk" VALUES(1,2,'unknown',1,100,2,1,'run-dca9878b910c8b20',1772416800.0,'6c0681b4ba296e0be932002e5d6e20dc4f57e7bbb2d4f6d2d7a3e2f5b2464006',1772416800.0,0.0,0,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)','',NULL,NULL);
INSERT INTO "chunk" VALUES(1,3,'pending',2,140,3,0,'',NULL,'',NULL,0.0,0,NULL,'','',NULL,NULL);
INSERT INTO "chunk" VALUES(2,1,'in_flight',0,10,1,1,'run-87cba8b55b31f37b',1772416800.0,'778a21a0bdcf4e7208efa77b7c72c12c727db8d99675ae8219a20d8f0d4b9624',NULL,0.0,0,NULL,'','',NULL,NULL);
INSERT INTO "chunk" VALUES(2,2,'pending',1,100,2,0,'',NULL,'',NULL,0.0,0,NULL,'','',NULL,NULL);
INSERT INTO "chunk" VALUES(2,3,'pending',2,10,3,0,'',NULL,'',NULL,0.0,0,NULL,'','',NULL,NULL);
INSERT INTO "chunk" VALUES(3,1,'pending',0,10,1,0,'',NULL,'',NULL,0.0,0,NULL,'','',NULL,NULL);
INSERT INTO "chunk" VALUES(3,2,'pending',1,5,2,0,'',NULL,'',NULL,0.0,0,NULL,'','',NULL,NULL);
CREATE TABLE event (
    event_id INTEGER PRIMARY KEY,
    campaign_id BIGINT,
    at DOUBLE PRECISION NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
INSERT INTO "event" VALUES(1,1,1772416800.0,'planned','250 recipients of 252 rows');
INSERT INTO "event" VALUES(2,1,1772416800.0,'started','');
INSERT INTO "event" VALUES(3,1,1772416800.0,'paused','1 requests in a row ended without a usable answer.');
INSERT INTO "event" VALUES(4,2,1772416800.0,'planned','120 recipients of 120 rows');
INSERT INTO "event" VALUES(5,2,1772416800.0,'started','');
INSERT INTO "event" VALUES(6,3,1772416800.0,'planned','15 recipients of 15 rows');
CREATE TABLE inbox (
    inbox_id INTEGER PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    read_at DOUBLE PRECISION
);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('schema_version','3');
CREATE TABLE opt_out (phone TEXT PRIMARY KEY, since DOUBLE PRECISION NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "opt_out" VALUES('13900002500',1772416800.0,'reply');
CREATE TABLE phone_place (
    phone TEXT NOT NULL,
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (phone, campaign_id)
) WITHOUT ROWID;
INSERT INTO "phone_place" VALUES('13900000000',1,1,0);
INSERT INTO "phone_place" VALUES('13900000001',1,1,1);
INSERT INTO "phone_place" VALUES('13900000002',1,1,2);
INSERT INTO "phone_place" VALUES('13900000003',1,1,3);
INSERT INTO "phone_place" VALUES('13900000004',1,1,4);
INSERT INTO "phone_place" VALUES('13900000005',1,1,5);
INSERT INTO "phone_place" VALUES('13900000006',1,1,6);
INSERT INTO "phone_place" VALUES('13900000007',1,1,7);
INSERT INTO "phone_place" VALUES('13900000008',1,1,8);
INSERT INTO "phone_place" VALUES('13900000009',1,1,9);
INSERT INTO "phone_place" VALUES('13900000010',1,2,0);
INSERT INTO "phone_place" VALUES('13900000011',1,2,1);
INSERT INTO "phone_place" VALUES('13900000012',1,2,2);
INSERT INTO "phone_place" VALUES('13900000013',1,2,3);
INSERT INTO "phone_place" VALUES('13900000014',1,2,4);
INSERT INTO "phone_place" VALUES('13900000015',1,2,5);
INSERT INTO "phone_place" VALUES('13900000016',1,2,6);
INSERT INTO "phone_place" VALUES('13900000017',1,2,7);
INSERT INTO "phone_place" VALUES('13900000018',1,2,8);
INSERT INTO "phone_place" VALUES('13900000019',1,2,9);
INSERT INTO "phone_place" VALUES('13900000020',1,2,10);
INSERT INTO "phone_place" VALUES('13900000021',1,2,11);
INSERT INTO "phone_place" VALUES('13900000022',1,2,12);
INSERT INTO "phone_place" VALUES('13900000023',1,2,13);
INSERT INTO "phone_place" VALUES('13900000024',1,2,14);
INSERT INTO "phone_place" VALUES('13900000025',1,2,15);
INSERT INTO "phone_place" VALUES('13900000026',1,2,16);
INSERT INTO "phone_place" VALUES('13900000027',1,2,17);
INSERT INTO "phone_place" VALUES('13900000028',1,2,18);
INSERT INTO "phone_place" VALUES('13900000029',1,2,19);
INSERT INTO "phone_place" VALUES('13900000030',1,2,20);
INSERT INTO "phone_place" VALUES('13900000031',1,2,21);
INSERT INTO "phone_place" VALUES('13900000032',1,2,22);
INSERT INTO "phone_place" VALUES('13900000033',1,2,23);
INSERT INTO "phone_place" VALUES('13900000034',1,2,24);
INSERT INTO "phone_place" VALUES('13900000035',1,2,25);
INSERT INTO "phone_place" VALUES('13900000036',1,2,26);
INSERT INTO "phone_place" VALUES('13900000037',1,2,27);
INSERT INTO "phone_place" VALUES('13900000038',1,2,28);
INSERT INTO "phone_place" VALUES('13900000039',1,2,29);
INSERT INTO "phone_place" VALUES('13900000040',1,2,30);
INSERT INTO "phone_place" VALUES('13900000041',1,2,31);
INSERT INTO "phone_place" VALUES('13900000042',1,2,32);
INSERT INTO "phone_place" VALUES('13900000043',1,2,33);
INSERT INTO "phone_place" VALUES('13900000044',1,2,34);
INSERT INTO "phone_place" VALUES('13900000045',1,2,35);
INSERT INTO "phone_place" VALUES('13900000046',1,2,36);
INSERT INTO "phone_place" VALUES('13900000047',1,2,37);
INSERT INTO "phone_place" VALUES('13900000048',1,2,38);
INSERT INTO "phone_place" VALUES('13900000049',1,2,39);
INSERT INTO "phone_place" VALUES('13900000050',1,2,40);
INSERT INTO "phone_place" VALUES('13900000051',1,2,41);
INSERT INTO "phone_place" VALUES('13900000052',1,2,42);
INSERT INTO "phone_place" VALUES('13900000053',1,2,43);
INSERT INTO "phone_place" VALUES('13900000054',1,2,44);
INSERT INTO "phone_place" VALUES('13900000055',1,2,45);
INSERT INTO "phone_place" VALUES('13900000056',1,2,46);
INSERT INTO "phone_place" VALUES('13900000057',1,2,47);
INSERT INTO "phone_place" VALUES('13900000058',1,2,48);
INSERT INTO "phone_place" VALUES('13900000059',1,2,49);
INSERT INTO "phone_place" VALUES('13900000060',1,2,50);
INSERT INTO "phone_place" VALUES('13900000061',1,2,51);
INSERT INTO "phone_place" VALUES('13900000062',1,2,52);
INSERT INTO "phone_place" VALUES('13900000063',1,2,53);
INSERT INTO "phone_place" VALUES('13900000064',1,2,54);
INSERT INTO "phone_place" VALUES('13900000065',1,2,55);
INSERT INTO "phone_place" VALUES('13900000066',1,2,56);
INSERT INTO "phone_place" VALUES('13900000067',1,2,57);
INSERT INTO "phone_place" VALUES('13900000068',1,2,58);
INSERT INTO "phone_place" VALUES('13900000069',1,2,59);
INSERT INTO "phone_place" VALUES('13900000070',1,2,60);
INSERT INTO "phone_place" VALUES('13900000071',1,2,61);
INSERT INTO "phone_place" VALUES('13900000072',1,2,62);
INSERT INTO "phone_place" VALUES('13900000073',1,2,63);
INSERT INTO "phone_place" VALUES('13900000074',1,2,64);
INSERT INTO "phone_place" VALUES('13900000075',1,2,65);
INSERT INTO "phone_place" VALUES('13900000076',1,2,66);
INSERT INTO "phone_place" VALUES('13900000077',1,2,67);
INSERT INTO "phone_place" VALUES('13900000078',1,2,68);
INSERT INTO "phone_place" VALUES('13900000079',1,2,69);
INSERT INTO "phone_place" VALUES('13900000080',1,2,70);
INSERT INTO "phone_place" VALUES('13900000081',1,2,71);
INSERT INTO "phone_place" VALUES('13900000082',1,2,72);
INSERT INTO "phone_place" VALUES('13900000083',1,2,73);
INSERT INTO "phone_place" VALUES('13900000084',1,2,74);
INSERT INTO "phone_place" VALUES('13900000085',1,2,75);
INSERT INTO "phone_place" VALUES('13900000086',1,2,76);
INSERT INTO "phone_place" VALUES('13900000087',1,2,77);
INSERT INTO "phone_place" VALUES('13900000088',1,2,78);
INSERT INTO "phone_place" VALUES('13900000089',1,2,79);
INSERT INTO "phone_place" VALUES('13900000090',1,2,80);
INSERT INTO "phone_place" VALUES('13900000091',1,2,81);
INSERT INTO "phone_place" VALUES('13900000092',1,2,82);
INSERT INTO "phone_place" VALUES('13900000093',1,2,83);
INSERT INTO "phone_place" VALUES('13900000094',1,2,84);
INSERT INTO "phone_place" VALUES('13900000095',1,2,85);
INSERT INTO "phone_place" VALUES('13900000096',1,2,86);
INSERT INTO "phone_place" VALUES('13900000097',1,2,87);
INSERT INTO "phone_place" VALUES('13900000098',1,2,88);
INSERT INTO "phone_place" VALUES('13900000099',1,2,89);
INSERT INTO "phone_place" VALUES('13900000100',1,2,90);
INSERT INTO "phone_place" VALUES('13900000101',1,2,91);
INSERT INTO "phone_place" VALUES('13900000102',1,2,92);
INSERT INTO "phone_place" VALUES('13900000103',1,2,93);
INSERT INTO "phone_place" VALUES('13900000104',1,2,94);
INSERT INTO "phone_place" VALUES('13900000105',1,2,95);
INSERT INTO "phone_place" VALUES('13900000106',1,2,96);
INSERT INTO "phone_place" VALUES('13900000107',1,2,97);
INSERT INTO "phone_place" VALUES('13900000108',1,2,98);
INSERT INTO "phone_place" VALUES('13900000109',1,2,99);
INSERT INTO "phone_place" VALUES('13900000110',1,3,0);
INSERT INTO "phone_place" VALUES('13900000111',1,3,1);
INSERT INTO "phone_place" VALUES('13900000112',1,3,2);
INSERT INTO "phone_place" VALUES('13900000113',1,3,3);
INSERT INTO "phone_place" VALUES('13900000114',1,3,4);
INSERT INTO "phone_place" VALUES('13900000115',1,3,5);
INSERT INTO "phone_place" VALUES('13900000116',1,3,6);
INSERT INTO "phone_place" VALUES('13900000117',1,3,7);
INSERT INTO "phone_place" VALUES('13900000118',1,3,8);
INSERT INTO "phone_place" VALUES('13900000119',1,3,9);
INSERT INTO "phone_place" VALUES('13900000120',1,3,10);
INSERT INTO "phone_place" VALUES('13900000121',1,3,11);
INSERT INTO "phone_place" VALUES('13900000122',1,3,12);
INSERT INTO "phone_place" VALUES('13900000123',1,3,13);
INSERT INTO "phone_place" VALUES('13900000124',1,3,14);
INSERT INTO "phone_place" VALUES('13900000125',1,3,15);
INSERT INTO "phone_place" VALUES('13900000126',1,3,16);
INSERT INTO "phone_place" VALUES('13900000127',1,3,17);
INSERT INTO "phone_place" VALUES('13900000128',1,3,18);
INSERT INTO "phone_place" VALUES('13900000129',1,3,19);
INSERT INTO "phone_place" VALUES('13900000130',1,3,20);
INSERT INTO "phone_place" VALUES('13900000131',1,3,21);
INSERT INTO "phone_place" VALUES('13900000132',1,3,22);
INSERT INTO "phone_place" VALUES('13900000133',1,3,23);
INSERT INTO "phone_place" VALUES('13900000134',1,3,24);
INSERT INTO "phone_place" VALUES('13900000135',1,3,25);
INSERT INTO "phone_place" VALUES('13900000136',1,3,26);
INSERT INTO "phone_place" VALUES('13900000137',1,3,27);
INSERT INTO "phone_place" VALUES('13900000138',1,3,28);
INSERT INTO "phone_place" VALUES('13900000139',1,3,29);
INSERT INTO "phone_place" VALUES('13900000140',1,3,30);
INSERT INTO "phone_place" VALUES('13900000141',1,3,31);
INSERT INTO "phone_place" VALUES('13900000142',1,3,32);
INSERT INTO "phone_place" VALUES('13900000143',1,3,33);
INSERT INTO "phone_place" VALUES('13900000144',1,3,34);
INSERT INTO "phone_place" VALUES('13900000145',1,3,35);
INSERT INTO "phone_place" VALUES('13900000146',1,3,36);
INSERT INTO "phone_place" VALUES('13900000147',1,3,37);
INSERT INTO "phone_place" VALUES('13900000148',1,3,38);
INSERT INTO "phone_place" VALUES('13900000149',1,3,39);
INSERT INTO "phone_place" VALUES('13900000150',1,3,40);
INSERT INTO "phone_place" VALUES('13900000151',1,3,41);
INSERT INTO "phone_place" VALUES('13900000152',1,3,42);
INSERT INTO "phone_place" VALUES('13900000153',1,3,43);
INSERT INTO "phone_place" VALUES('13900000154',1,3,44);
INSERT INTO "phone_place" VALUES('13900000155',1,3,45);
INSERT INTO "phone_place" VALUES('13900000156',1,3,46);
INSERT INTO "phone_place" VALUES('13900000157',1,3,47);
INSERT INTO "phone_place" VALUES('13900000158',1,3,48);
INSERT INTO "phone_place" VALUES('13900000159',1,3,49);
INSERT INTO "phone_place" VALUES('13900000160',1,3,50);
INSERT INTO "phone_place" VALUES('13900000161',1,3,51);
INSERT INTO "phone_place" VALUES('13900000162',1,3,52);
INSERT INTO "phone_place" VALUES('13900000163',1,3,53);
INSERT INTO "phone_place" VALUES('13900000164',1,3,54);
INSERT INTO "phone_place" VALUES('13900000165',1,3,55);
INSERT INTO "phone_place" VALUES('13900000166',1,3,56);
INSERT INTO "phone_place" VALUES('13900000167',1,3,57);
INSERT INTO "phone_place" VALUES('13900000168',1,3,58);
INSERT INTO "phone_place" VALUES('13900000169',1,3,59);
INSERT INTO "phone_place" VALUES('13900000170',1,3,60);
INSERT INTO "phone_place" VALUES('13900000171',1,3,61);
INSERT INTO "phone_place" VALUES('13900000172',1,3,62);
INSERT INTO "phone_place" VALUES('13900000173',1,3,63);
INSERT INTO "phone_place" VALUES('13900000174',1,3,64);
INSERT INTO "phone_place" VALUES('13900000175',1,3,65);
INSERT INTO "phone_place" VALUES('13900000176',1,3,66);
INSERT INTO "phone_place" VALUES('13900000177',1,3,67);
INSERT INTO "phone_place" VALUES('13900000178',1,3,68);
INSERT INTO "phone_place" VALUES('13900000179',1,3,69);
INSERT INTO "phone_place" VALUES('13900000180',1,3,70);
INSERT INTO "phone_place" VALUES('13900000181',1,3,71);
INSERT INTO "phone_place" VALUES('13900000182',1,3,72);
INSERT INTO "phone_place" VALUES('13900000183',1,3,73);
INSERT INTO "phone_place" VALUES('13900000184',1,3,74);
INSERT INTO "phone_place" VALUES('13900000185',1,3,75);
INSERT INTO "phone_place" VALUES('13900000186',1,3,76);
INSERT INTO "phone_place" VALUES('13900000187',1,3,77);
INSERT INTO "phone_place" VALUES('13900000188',1,3,78);
INSERT INTO "phone_place" VALUES('13900000189',1,3,79);
INSERT INTO "phone_place" VALUES('13900000190',1,3,80);
INSERT INTO "phone_place" VALUES('13900000191',1,3,81);
INSERT INTO "phone_place" VALUES('13900000192',1,3,82);
INSERT INTO "phone_place" VALUES('13900000193',1,3,83);
INSERT INTO "phone_place" VALUES('13900000194',1,3,84);
INSERT INTO "phone_place" VALUES('13900000195',1,3,85);
INSERT INTO "phone_place" VALUES('13900000196',1,3,86);
INSERT INTO "phone_place" VALUES('13900000197',1,3,87);
INSERT INTO "phone_place" VALUES('13900000198',1,3,88);
INSERT INTO "phone_place" VALUES('13900000199',1,3,89);
INSERT INTO "phone_place" VALUES('13900000200',1,3,90);
INSERT INTO "phone_place" VALUES('13900000201',1,3,91);
INSERT INTO "phone_place" VALUES('13900000202',1,3,92);
INSERT INTO "phone_place" VALUES('13900000203',1,3,93);
INSERT INTO "phone_place" VALUES('13900000204',1,3,94);
INSERT INTO "phone_place" VALUES('13900000205',1,3,95);
INSERT INTO "phone_place" VALUES('13900000206',1,3,96);
INSERT INTO "phone_place" VALUES('13900000207',1,3,97);
INSERT INTO "phone_place" VALUES('13900000208',1,3,98);
INSERT INTO "phone_place" VALUES('13900000209',1,3,99);
INSERT INTO "phone_place" VALUES('13900000210',1,3,100);
INSERT INTO "phone_place" VALUES('13900000211',1,3,101);
INSERT INTO "phone_place" VALUES('13900000212',1,3,102);
INSERT INTO "phone_place" VALUES('13900000213',1,3,103);
INSERT INTO "phone_place" VALUES('13900000214',1,3,104);
INSERT INTO "phone_place" VALUES('13900000215',1,3,105);
INSERT INTO "phone_place" VALUES('13900000216',1,3,106);
INSERT INTO "phone_place" VALUES('13900000217',1,3,107);
INSERT INTO "phone_place" VALUES('13900000218',1,3,108);
INSERT INTO "phone_place" VALUES('13900000219',1,3,109);
INSERT INTO "phone_place" VALUES('13900000220',1,3,110);
INSERT INTO "phone_place" VALUES('13900000221',1,3,111);
INSERT INTO "phone_place" VALUES('13900000222',1,3,112);
INSERT INTO "phone_place" VALUES('13900000223',1,3,113);
INSERT INTO "phone_place" VALUES('13900000224',1,3,114);
INSERT INTO "phone_place" VALUES('13900000225',1,3,115);
INSERT INTO "phone_place" VALUES('13900000226',1,3,116);
INSERT INTO "phone_place" VALUES('13900000227',1,3,117);
INSERT INTO "phone_place" VALUES('13900000228',1,3,118);
INSERT INTO "phone_place" VALUES('13900000229',1,3,119);
INSERT INTO "phone_place" VALUES('13900000230',1,3,120);
INSERT INTO "phone_place" VALUES('13900000231',1,3,121);
INSERT INTO "phone_place" VALUES('13900000232',1,3,122);
INSERT INTO "phone_place" VALUES('13900000233',1,3,123);
INSERT INTO "phone_place" VALUES('13900000234',1,3,124);
INSERT INTO "phone_place" VALUES('13900000235',1,3,125);
INSERT INTO "phone_place" VALUES('13900000236',1,3,126);
INSERT INTO "phone_place" VALUES('13900000237',1,3,127);
INSERT INTO "phone_place" VALUES('13900000238',1,3,128);
INSERT INTO "phone_place" VALUES('13900000239',1,3,129);
INSERT INTO "phone_place" VALUES('13900000240',1,3,130);
INSERT INTO "phone_place" VALUES('13900000241',1,3,131);
INSERT INTO "phone_place" VALUES('13900000242',1,3,132);
INSERT INTO "phone_place" VALUES('13900000243',1,3,133);
INSERT INTO "phone_place" VALUES('13900000244',1,3,134);
INSERT INTO "phone_place" VALUES('13900000245',1,3,135);
INSERT INTO "phone_place" VALUES('13900000246',1,3,136);
INSERT INTO "phone_place" VALUES('13900000247',1,3,137);
INSERT INTO "phone_place" VALUES('13900000248',1,3,138);
INSERT INTO "phone_place" VALUES('13900000249',1,3,139);
INSERT INTO "phone_place" VALUES('13900001000',2,1,0);
INSERT INTO "phone_place" VALUES('13900001001',2,1,1);
INSERT INTO "phone_place" VALUES('13900001002',2,1,2);
INSERT INTO "phone_place" VALUES('13900001003',2,1,3);
INSERT INTO "phone_place" VALUES('13900001004',2,1,4);
INSERT INTO "phone_place" VALUES('13900001005',2,1,5);
INSERT INTO "phone_place" VALUES('13900001006',2,1,6);
INSERT INTO "phone_place" VALUES('13900001007',2,1,7);
INSERT INTO "phone_place" VALUES('13900001008',2,1,8);
INSERT INTO "phone_place" VALUES('13900001009',2,1,9);
INSERT INTO "phone_place" VALUES('13900001010',2,2,0);
INSERT INTO "phone_place" VALUES('13900001011',2,2,1);
INSERT INTO "phone_place" VALUES('13900001012',2,2,2);
INSERT INTO "phone_place" VALUES('13900001013',2,2,3);
INSERT INTO "phone_place" VALUES('13900001014',2,2,4);
INSERT INTO "phone_place" VALUES('13900001015',2,2,5);
INSERT INTO "phone_place" VALUES('13900001016',2,2,6);
INSERT INTO "phone_place" VALUES('13900001017',2,2,7);
INSERT INTO "phone_place" VALUES('13900001018',2,2,8);
INSERT INTO "phone_place" VALUES('13900001019',2,2,9);
INSERT INTO "phone_place" VALUES('13900001020',2,2,10);
INSERT INTO "phone_place" VALUES('13900001021',2,2,11);
INSERT INTO "phone_place" VALUES('13900001022',2,2,12);
INSERT INTO "phone_place" VALUES('13900001023',2,2,13);
INSERT INTO "phone_place" VALUES('13900001024',2,2,14);
INSERT INTO "phone_place" VALUES('13900001025',2,2,15);
INSERT INTO "phone_place" VALUES('13900001026',2,2,16);
INSERT INTO "phone_place" VALUES('13900001027',2,2,17);
INSERT INTO "phone_place" VALUES('13900001028',2,2,18);
INSERT INTO "phone_place" VALUES('13900001029',2,2,19);
INSERT INTO "phone_place" VALUES('13900001030',2,2,20);
INSERT INTO "phone_place" VALUES('13900001031',2,2,21);
INSERT INTO "phone_place" VALUES('13900001032',2,2,22);
INSERT INTO "phone_place" VALUES('13900001033',2,2,23);
INSERT INTO "phone_place" VALUES('13900001034',2,2,24);
INSERT INTO "phone_place" VALUES('13900001035',2,2,25);
INSERT INTO "phone_place" VALUES('13900001036',2,2,26);
INSERT INTO "phone_place" VALUES('13900001037',2,2,27);
INSERT INTO "phone_place" VALUES('13900001038',2,2,28);
INSERT INTO "phone_place" VALUES('13900001039',2,2,29);
INSERT INTO "phone_place" VALUES('13900001040',2,2,30);
INSERT INTO "phone_place" VALUES('13900001041',2,2,31);
INSERT INTO "phone_place" VALUES('13900001042',2,2,32);
INSERT INTO "phone_place" VALUES('13900001043',2,2,33);
INSERT INTO "phone_place" VALUES('13900001044',2,2,34);
INSERT INTO "phone_place" VALUES('13900001045',2,2,35);
INSERT INTO "phone_place" VALUES('13900001046',2,2,36);
INSERT INTO "phone_place" VALUES('13900001047',2,2,37);
INSERT INTO "phone_place" VALUES('13900001048',2,2,38);
INSERT INTO "phone_place" VALUES('13900001049',2,2,39);
INSERT INTO "phone_place" VALUES('13900001050',2,2,40);
INSERT INTO "phone_place" VALUES('13900001051',2,2,41);
INSERT INTO "phone_place" VALUES('13900001052',2,2,42);
INSERT INTO "phone_place" VALUES('13900001053',2,2,43);
INSERT INTO "phone_place" VALUES('13900001054',2,2,44);
INSERT INTO "phone_place" VALUES('13900001055',2,2,45);
INSERT INTO "phone_place" VALUES('13900001056',2,2,46);
INSERT INTO "phone_place" VALUES('13900001057',2,2,47);
INSERT INTO "phone_place" VALUES('13900001058',2,2,48);
INSERT INTO "phone_place" VALUES('13900001059',2,2,49);
INSERT INTO "phone_place" VALUES('13900001060',2,2,50);
INSERT INTO "phone_place" VALUES('13900001061',2,2,51);
INSERT INTO "phone_place" VALUES('13900001062',2,2,52);
INSERT INTO "phone_place" VALUES('13900001063',2,2,53);
INSERT INTO "phone_place" VALUES('13900001064',2,2,54);
INSERT INTO "phone_place" VALUES('13900001065',2,2,55);
INSERT INTO "phone_place" VALUES('13900001066',2,2,56);
INSERT INTO "phone_place" VALUES('13900001067',2,2,57);
INSERT INTO "phone_place" VALUES('13900001068',2,2,58);
INSERT INTO "phone_place" VALUES('13900001069',2,2,59);
INSERT INTO "phone_place" VALUES('13900001070',2,2,60);
INSERT INTO "phone_place" VALUES('13900001071',2,2,61);
INSERT INTO "phone_place" VALUES('13900001072',2,2,62);
INSERT INTO "phone_place" VALUES('13900001073',2,2,63);
INSERT INTO "phone_place" VALUES('13900001074',2,2,64);
INSERT INTO "phone_place" VALUES('13900001075',2,2,65);
INSERT INTO "phone_place" VALUES('13900001076',2,2,66);
INSERT INTO "phone_place" VALUES('13900001077',2,2,67);
INSERT INTO "phone_place" VALUES('13900001078',2,2,68);
INSERT INTO "phone_place" VALUES('13900001079',2,2,69);
INSERT INTO "phone_place" VALUES('13900001080',2,2,70);
INSERT INTO "phone_place" VALUES('13900001081',2,2,71);
INSERT INTO "phone_place" VALUES('13900001082',2,2,72);
INSERT INTO "phone_place" VALUES('13900001083',2,2,73);
INSERT INTO "phone_place" VALUES('13900001084',2,2,74);
INSERT INTO "phone_place" VALUES('13900001085',2,2,75);
INSERT INTO "phone_place" VALUES('13900001086',2,2,76);
INSERT INTO "phone_place" VALUES('13900001087',2,2,77);
INSERT INTO "phone_place" VALUES('13900001088',2,2,78);
INSERT INTO "phone_place" VALUES('13900001089',2,2,79);
INSERT INTO "phone_place" VALUES('13900001090',2,2,80);
INSERT INTO "phone_place" VALUES('13900001091',2,2,81);
INSERT INTO "phone_place" VALUES('13900001092',2,2,82);
INSERT INTO "phone_place" VALUES('13900001093',2,2,83);
INSERT INTO "phone_place" VALUES('13900001094',2,2,84);
INSERT INTO "phone_place" VALUES('13900001095',2,2,85);
INSERT INTO "phone_place" VALUES('13900001096',2,2,86);
INSERT INTO "phone_place" VALUES('13900001097',2,2,87);
INSERT INTO "phone_place" VALUES('13900001098',2,2,88);
INSERT INTO "phone_place" VALUES('13900001099',2,2,89);
INSERT INTO "phone_place" VALUES('13900001100',2,2,90);
INSERT INTO "phone_place" VALUES('13900001101',2,2,91);
INSERT INTO "phone_place" VALUES('13900001102',2,2,92);
INSERT INTO "phone_place" VALUES('13900001103',2,2,93);
INSERT INTO "phone_place" VALUES('13900001104',2,2,94);
INSERT INTO "phone_place" VALUES('13900001105',2,2,95);
INSERT INTO "phone_place" VALUES('13900001106',2,2,96);
INSERT INTO "phone_place" VALUES('13900001107',2,2,97);
INSERT INTO "phone_place" VALUES('13900001108',2,2,98);
INSERT INTO "phone_place" VALUES('13900001109',2,2,99);
INSERT INTO "phone_place" VALUES('13900001110',2,3,0);
INSERT INTO "phone_place" VALUES('13900001111',2,3,1);
INSERT INTO "phone_place" VALUES('13900001112',2,3,2);
INSERT INTO "phone_place" VALUES('13900001113',2,3,3);
INSERT INTO "phone_place" VALUES('13900001114',2,3,4);
INSERT INTO "phone_place" VALUES('13900001115',2,3,5);
INSERT INTO "phone_place" VALUES('13900001116',2,3,6);
INSERT INTO "phone_place" VALUES('13900001117',2,3,7);
INSERT INTO "phone_place" VALUES('13900001118',2,3,8);
INSERT INTO "phone_place" VALUES('13900001119',2,3,9);
INSERT INTO "phone_place" VALUES('13900002000',3,1,0);
INSERT INTO "phone_place" VALUES('13900002001',3,1,1);
INSERT INTO "phone_place" VALUES('13900002002',3,1,2);
INSERT INTO "phone_place" VALUES('13900002003',3,1,3);
INSERT INTO "phone_place" VALUES('13900002004',3,1,4);
INSERT INTO "phone_place" VALUES('13900002005',3,1,5);
INSERT INTO "phone_place" VALUES('13900002006',3,1,6);
INSERT INTO "phone_place" VALUES('13900002007',3,1,7);
INSERT INTO "phone_place" VALUES('13900002008',3,1,8);
INSERT INTO "phone_place" VALUES('13900002009',3,1,9);
INSERT INTO "phone_place" VALUES('13900002010',3,2,0);
INSERT INTO "phone_place" VALUES('13900002011',3,2,1);
INSERT INTO "phone_place" VALUES('13900002012',3,2,2);
INSERT INTO "phone_place" VALUES('13900002013',3,2,3);
INSERT INTO "phone_place" VALUES('13900002014',3,2,4);
CREATE TABLE rate (account TEXT PRIMARY KEY, tokens DOUBLE PRECISION NOT NULL, at DOUBLE PRECISION NOT NULL);
CREATE TABLE receipt (
    msg_id TEXT NOT NULL,
    phone TEXT NOT NULL,
    status BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    matched BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (msg_id, phone, status)
) WITHOUT ROWID;
INSERT INTO "receipt" VALUES('2','13900000001',4001,1772416800.0,1);
CREATE TABLE recipient (
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    phone TEXT NOT NULL,
    params TEXT,
    source_row BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    code BIGINT,
    msg_id TEXT,
    status BIGINT,
    why TEXT NOT NULL DEFAULT '',
    tries BIGINT NOT NULL DEFAULT 0,
    settled_at DOUBLE PRECISION,
    PRIMARY KEY (campaign_id, chunk, position)
) WITHOUT ROWID;
INSERT INTO "recipient" VALUES(1,1,0,'13900000000',NULL,1,'accepted',NULL,'1',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,1,'13900000001',NULL,2,'delivered',NULL,'2',4001,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,2,'13900000002',NULL,3,'accepted',NULL,'3',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,3,'13900000003',NULL,4,'rejected',50017,'4',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,4,'13900000004',NULL,5,'accepted',NULL,'5',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,5,'13900000005',NULL,6,'accepted',NULL,'6',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,6,'13900000006',NULL,7,'accepted',NULL,'7',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,7,'13900000007',NULL,8,'accepted',NULL,'8',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,8,'13900000008',NULL,9,'accepted',NULL,'9',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,1,9,'13900000009',NULL,10,'accepted',NULL,'10',NULL,'',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,0,'13900000010','{"name":"n10"}',11,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,1,'13900000011','{"name":"n11"}',12,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,2,'13900000012','{"name":"n12"}',13,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,3,'13900000013','{"name":"n13"}',14,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,4,'13900000014','{"name":"n14"}',15,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,5,'13900000015','{"name":"n15"}',16,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,6,'13900000016','{"name":"n16"}',17,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,7,'13900000017','{"name":"n17"}',18,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,8,'13900000018','{"name":"n18"}',19,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,9,'13900000019','{"name":"n19"}',20,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,10,'13900000020','{"name":"n20"}',21,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,11,'13900000021','{"name":"n21"}',22,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,12,'13900000022','{"name":"n22"}',23,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,13,'13900000023','{"name":"n23"}',24,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,14,'13900000024','{"name":"n24"}',25,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,15,'13900000025','{"name":"n25"}',26,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,16,'13900000026','{"name":"n26"}',27,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,17,'13900000027','{"name":"n27"}',28,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,18,'13900000028','{"name":"n28"}',29,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,19,'13900000029','{"name":"n29"}',30,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,20,'13900000030','{"name":"n30"}',31,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,21,'13900000031','{"name":"n31"}',32,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,22,'13900000032','{"name":"n32"}',33,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,23,'13900000033','{"name":"n33"}',34,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,24,'13900000034','{"name":"n34"}',35,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,25,'13900000035','{"name":"n35"}',36,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,26,'13900000036','{"name":"n36"}',37,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,27,'13900000037','{"name":"n37"}',38,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,28,'13900000038','{"name":"n38"}',39,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,29,'13900000039','{"name":"n39"}',40,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,30,'13900000040','{"name":"n40"}',41,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,31,'13900000041','{"name":"n41"}',42,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,32,'13900000042','{"name":"n42"}',43,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,33,'13900000043','{"name":"n43"}',44,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,34,'13900000044','{"name":"n44"}',45,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,35,'13900000045','{"name":"n45"}',46,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,36,'13900000046','{"name":"n46"}',47,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,37,'13900000047','{"name":"n47"}',48,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,38,'13900000048','{"name":"n48"}',49,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,39,'13900000049','{"name":"n49"}',50,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,40,'13900000050','{"name":"n50"}',51,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,41,'13900000051','{"name":"n51"}',52,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,42,'13900000052','{"name":"n52"}',53,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,43,'13900000053','{"name":"n53"}',54,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,44,'13900000054','{"name":"n54"}',55,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,45,'13900000055','{"name":"n55"}',56,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,46,'13900000056','{"name":"n56"}',57,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,47,'13900000057','{"name":"n57"}',58,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,48,'13900000058','{"name":"n58"}',59,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,49,'13900000059','{"name":"n59"}',60,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,50,'13900000060','{"name":"n60"}',61,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,51,'13900000061','{"name":"n61"}',62,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,52,'13900000062','{"name":"n62"}',63,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,53,'13900000063','{"name":"n63"}',64,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,54,'13900000064','{"name":"n64"}',65,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,55,'13900000065','{"name":"n65"}',66,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,56,'13900000066','{"name":"n66"}',67,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,57,'13900000067','{"name":"n67"}',68,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,58,'13900000068','{"name":"n68"}',69,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,59,'13900000069','{"name":"n69"}',70,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,60,'13900000070','{"name":"n70"}',71,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,61,'13900000071','{"name":"n71"}',72,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,62,'13900000072','{"name":"n72"}',73,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,63,'13900000073','{"name":"n73"}',74,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,64,'13900000074','{"name":"n74"}',75,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,65,'13900000075','{"name":"n75"}',76,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,66,'13900000076','{"name":"n76"}',77,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,67,'13900000077','{"name":"n77"}',78,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,68,'13900000078','{"name":"n78"}',79,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,69,'13900000079','{"name":"n79"}',80,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,70,'13900000080','{"name":"n80"}',81,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,71,'13900000081','{"name":"n81"}',82,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,72,'13900000082','{"name":"n82"}',83,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,73,'13900000083','{"name":"n83"}',84,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,74,'13900000084','{"name":"n84"}',85,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,75,'13900000085','{"name":"n85"}',86,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,76,'13900000086','{"name":"n86"}',87,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,77,'13900000087','{"name":"n87"}',88,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,78,'13900000088','{"name":"n88"}',89,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,79,'13900000089','{"name":"n89"}',90,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,80,'13900000090','{"name":"n90"}',91,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,81,'13900000091','{"name":"n91"}',92,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,82,'13900000092','{"name":"n92"}',93,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,83,'13900000093','{"name":"n93"}',94,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,84,'13900000094','{"name":"n94"}',95,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,85,'13900000095','{"name":"n95"}',96,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,86,'13900000096','{"name":"n96"}',97,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,87,'13900000097','{"name":"n97"}',98,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,88,'13900000098','{"name":"n98"}',99,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,89,'13900000099','{"name":"n99"}',100,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,90,'13900000100','{"name":"n100"}',101,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,91,'13900000101','{"name":"n101"}',102,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,92,'13900000102','{"name":"n102"}',103,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,93,'13900000103','{"name":"n103"}',104,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,94,'13900000104','{"name":"n104"}',105,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,95,'13900000105','{"name":"n105"}',106,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,96,'13900000106','{"name":"n106"}',107,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,97,'13900000107','{"name":"n107"}',108,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,98,'13900000108','{"name":"n108"}',109,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
INSERT INTO "recipient" VALUES(1,2,99,'13900000109','{"name":"n109"}',110,'unknown',NULL,NULL,NULL,'The connection was lost after the request was written, before an answer came. (ConnectionResetError)',0,1772416800.0);
CREATE TABLE set_aside (
    campaign_id BIGINT NOT NULL,
    source_row BIGINT NOT NULL,
    phone TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (campaign_id, source_row)
) WITHOUT ROWID;
INSERT INTO "set_aside" VALUES(1,251,'123','invalid_phone','**** has 3 digits, a mobile number has 11.');
INSERT INTO "set_aside" VALUES(1,252,'13900000000','duplicate','as row 1');
CREATE TABLE sheet (
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    state TEXT NOT NULL,
    size BIGINT NOT NULL,
    settled_at DOUBLE PRECISION,
    units TEXT NOT NULL,
    phones TEXT NOT NULL,
    source_rows TEXT NOT NULL,
    params TEXT,
    msg_ids TEXT,
    PRIMARY KEY (campaign_id, chunk)
);
INSERT INTO "sheet" VALUES(1,3,'pending',140,NULL,'1','[13900000110,13900000111,13900000112,13900000113,13900000114,13900000115,13900000116,13900000117,13900000118,13900000119,13900000120,13900000121,13900000122,13900000123,13900000124,13900000125,13900000126,13900000127,13900000128,13900000129,13900000130,13900000131,13900000132,13900000133,13900000134,13900000135,13900000136,13900000137,13900000138,13900000139,13900000140,13900000141,13900000142,13900000143,13900000144,13900000145,13900000146,13900000147,13900000148,13900000149,13900000150,13900000151,13900000152,13900000153,13900000154,13900000155,13900000156,13900000157,13900000158,13900000159,13900000160,13900000161,13900000162,13900000163,13900000164,13900000165,13900000166,13900000167,13900000168,13900000169,13900000170,13900000171,13900000172,13900000173,13900000174,13900000175,13900000176,13900000177,13900000178,13900000179,13900000180,13900000181,13900000182,13900000183,13900000184,13900000185,13900000186,13900000187,13900000188,13900000189,13900000190,13900000191,13900000192,13900000193,13900000194,13900000195,13900000196,13900000197,13900000198,13900000199,13900000200,13900000201,13900000202,13900000203,13900000204,13900000205,13900000206,13900000207,13900000208,13900000209,13900000210,13900000211,13900000212,13900000213,13900000214,13900000215,13900000216,13900000217,13900000218,13900000219,13900000220,13900000221,13900000222,13900000223,13900000224,13900000225,13900000226,13900000227,13900000228,13900000229,13900000230,13900000231,13900000232,13900000233,13900000234,13900000235,13900000236,13900000237,13900000238,13900000239,13900000240,13900000241,13900000242,13900000243,13900000244,13900000245,13900000246,13900000247,13900000248,13900000249]','111','{"name":"n110"}
{"name":"n111"}
{"name":"n112"}
{"name":"n113"}
{"name":"n114"}
{"name":"n115"}
{"name":"n116"}
{"name":"n117"}
{"name":"n118"}
{"name":"n119"}
{"name":"n120"}
{"name":"n121"}
{"name":"n122"}
{"name":"n123"}
{"name":"n124"}
{"name":"n125"}
{"name":"n126"}
{"name":"n127"}
{"name":"n128"}
{"name":"n129"}
{"name":"n130"}
{"name":"n131"}
{"name":"n132"}
{"name":"n133"}
{"name":"n134"}
{"name":"n135"}
{"name":"n136"}
{"name":"n137"}
{"name":"n138"}
{"name":"n139"}
{"name":"n140"}
{"name":"n141"}
{"name":"n142"}
{"name":"n143"}
{"name":"n144"}
{"name":"n145"}
{"name":"n146"}
{"name":"n147"}
{"name":"n148"}
{"name":"n149"}
{"name":"n150"}
{"name":"n151"}
{"name":"n152"}
{"name":"n153"}
{"name":"n154"}
{"name":"n155"}
{"name":"n156"}
{"name":"n157"}
{"name":"n158"}
{"name":"n159"}
{"name":"n160"}
{"name":"n161"}
{"name":"n162"}
{"name":"n163"}
{"name":"n164"}
{"name":"n165"}
{"name":"n166"}
{"name":"n167"}
{"name":"n168"}
{"name":"n169"}
{"name":"n170"}
{"name":"n171"}
{"name":"n172"}
{"name":"n173"}
{"name":"n174"}
{"name":"n175"}
{"name":"n176"}
{"name":"n177"}
{"name":"n178"}
{"name":"n179"}
{"name":"n180"}
{"name":"n181"}
{"name":"n182"}
{"name":"n183"}
{"name":"n184"}
{"name":"n185"}
{"name":"n186"}
{"name":"n187"}
{"name":"n188"}
{"name":"n189"}
{"name":"n190"}
{"name":"n191"}
{"name":"n192"}
{"name":"n193"}
{"name":"n194"}
{"name":"n195"}
{"name":"n196"}
{"name":"n197"}
{"name":"n198"}
{"name":"n199"}
{"name":"n200"}
{"name":"n201"}
{"name":"n202"}
{"name":"n203"}
{"name":"n204"}
{"name":"n205"}
{"name":"n206"}
{"name":"n207"}
{"name":"n208"}
{"name":"n209"}
{"name":"n210"}
{"name":"n211"}
{"name":"n212"}
{"name":"n213"}
{"name":"n214"}
{"name":"n215"}
{"name":"n216"}
{"name":"n217"}
{"name":"n218"}
{"name":"n219"}
{"name":"n220"}
{"name":"n221"}
{"name":"n222"}
{"name":"n223"}
{"name":"n224"}
{"name":"n225"}
{"name":"n226"}
{"name":"n227"}
{"name":"n228"}
{"name":"n229"}
{"name":"n230"}
{"name":"n231"}
{"name":"n232"}
{"name":"n233"}
{"name":"n234"}
{"name":"n235"}
{"name":"n236"}
{"name":"n237"}
{"name":"n238"}
{"name":"n239"}
{"name":"n240"}
{"name":"n241"}
{"name":"n242"}
{"name":"n243"}
{"name":"n244"}
{"name":"n245"}
{"name":"n246"}
{"name":"n247"}
{"name":"n248"}
{"name":"n249"}',NULL);
INSERT INTO "sheet" VALUES(2,1,'pending',10,NULL,'1','[13900001000,13900001001,13900001002,13900001003,13900001004,13900001005,13900001006,13900001007,13900001008,13900001009]','1',NULL,NULL);
INSERT INTO "sheet" VALUES(2,2,'pending',100,NULL,'1','[13900001010,13900001011,13900001012,13900001013,13900001014,13900001015,13900001016,13900001017,13900001018,13900001019,13900001020,13900001021,13900001022,13900001023,13900001024,13900001025,13900001026,13900001027,13900001028,13900001029,13900001030,13900001031,13900001032,13900001033,13900001034,13900001035,13900001036,13900001037,13900001038,13900001039,13900001040,13900001041,13900001042,13900001043,13900001044,13900001045,13900001046,13900001047,13900001048,13900001049,13900001050,13900001051,13900001052,13900001053,13900001054,13900001055,13900001056,13900001057,13900001058,13900001059,13900001060,13900001061,13900001062,13900001063,13900001064,13900001065,13900001066,13900001067,13900001068,13900001069,13900001070,13900001071,13900001072,13900001073,13900001074,13900001075,13900001076,13900001077,13900001078,13900001079,13900001080,13900001081,13900001082,13900001083,13900001084,13900001085,13900001086,13900001087,13900001088,13900001089,13900001090,13900001091,13900001092,13900001093,13900001094,13900001095,13900001096,13900001097,13900001098,13900001099,13900001100,13900001101,13900001102,13900001103,13900001104,13900001105,13900001106,13900001107,13900001108,13900001109]','11',NULL,NULL);
INSERT INTO "sheet" VALUES(2,3,'pending',10,NULL,'1','[13900001110,13900001111,13900001112,13900001113,13900001114,13900001115,13900001116,13900001117,13900001118,13900001119]','111',NULL,NULL);
INSERT INTO "sheet" VALUES(3,1,'pending',10,NULL,'1','[13900002000,13900002001,13900002002,13900002003,13900002004,13900002005,13900002006,13900002007,13900002008,13900002009]','1',NULL,NULL);
INSERT INTO "sheet" VALUES(3,2,'pending',5,NULL,'1','[13900002010,13900002011,13900002012,13900002013,13900002014]','11',NULL,NULL);
CREATE TABLE worker (
    owner TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    started_at DOUBLE PRECISION NOT NULL,
    heard_at DOUBLE PRECISION NOT NULL
);
INSERT INTO "worker" VALUES('run-87cba8b55b31f37b',1530000251,1772416800.0,1772416800.0);
CREATE INDEX chunk_by_family ON chunk (campaign_id, family);
CREATE INDEX chunk_by_state ON chunk (campaign_id, state, stage, chunk);
CREATE INDEX event_by_campaign ON event (campaign_id, event_id);
CREATE INDEX receipt_by_match ON receipt (matched, phone);
COMMIT;
