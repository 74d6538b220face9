-- What a program of revision 0001 wrote: two complaints under way, one in review and one in intake.
PRAGMA application_id = 1131245676;
PRAGMA journal_mode = WAL;
BEGIN TRANSACTION;
CREATE TABLE complaints_clock (
	complaint CHAR(32) NOT NULL, 
	clock VARCHAR(40) NOT NULL, 
	due_at BIGINT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	PRIMARY KEY (complaint, clock), 
	FOREIGN KEY(complaint) REFERENCES complaints_complaint (id)
);
CREATE TABLE complaints_complaint (
	id CHAR(32) NOT NULL, 
	dealer VARCHAR(20) NOT NULL, 
	reference VARCHAR(60) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	stage VARCHAR(20) NOT NULL, 
	handler VARCHAR(80), 
	department VARCHAR(20), 
	severity VARCHAR(20) NOT NULL, 
	received_at BIGINT NOT NULL, 
	head VARCHAR(64) NOT NULL, 
	snapshot TEXT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT complaints_complaint_reference UNIQUE (reference)
);
INSERT INTO "complaints_complaint" VALUES('01a215b8cf0374ca814c237edb4463fd','SH01','SH01-2026-000001',14,'review','review','specialist-1',NULL,'general',1772240400000000,'cdc4a13f9f877d654fdb20873601141144e9f5da51c70b0397cd3ad2210e376d','{"id":"01a215b8-cf03-74ca-814c-237edb4463fd","reference":"SH01-2026-000001","dealer":"SH01","version":14,"state":"review","registration":{"alarms":[],"channel":"phone","complainant":{"address":null,"email":"customer-c@example.com","language":null,"member":true,"name":"Customer C","phone":null,"platform_number":null,"post_url":null,"preferred_channel":null,"ref":null,"wechat":null},"complained_of":[],"excerpt":"等待时间过长 🚗","issues":[{"category":"facilities","id":"I1","is_safety":false,"text":null}],"kind":"complaint","parties":[{"kind":"owner","may_accept":true,"may_be_told":true,"may_sign":true,"name":"顾客丙","phone":null},{"kind":"sender","may_accept":true,"may_be_told":true,"may_sign":false,"name":"顾客丁","phone":null}],"received_at":"2026-02-28T09:00:00+08:00","received_by":"warranty-clerk","recorded_by":null,"refs":[],"vehicles":[],"wish":"希望尽快修好并说明原因"},"recorded_at":"2026-03-02T09:00:00+08:00","updated_at":"2026-03-06T18:50:00+08:00","moved_at":"2026-03-06T18:50:00+08:00","head":"cdc4a13f9f877d654fdb20873601141144e9f5da51c70b0397cd3ad2210e376d","definition":"dealership@1#9a3a68956b9a","track":"full","visits":[{"state":"intake","number":1,"began":1},{"state":"judgment","number":10,"began":10},{"state":"explanation","number":11,"began":10},{"state":"follow_up","number":13,"began":13},{"state":"review","number":14,"began":13}],"duties":{"handler":{"duty":"handler","assignee":"specialist-1","number":7,"answer":"accepted"}},"former_handlers":["supervisor-1"],"clocks":[{"clock":"acknowledge","start":"2026-02-28T09:00:00+08:00","due":"2026-02-28T11:00:00+08:00","rule":"test_house@1 default"},{"clock":"settle_at_once","start":"2026-02-28T09:00:00+08:00","due":"2026-03-03T23:59:59+08:00","rule":"test_house@1 default"},{"clock":"first_contact","start":"2026-03-01T21:00:00+08:00","due":"2026-03-08T23:59:59+08:00","rule":"test_house@1 R53"},{"clock":"judge","start":"2026-03-05T12:40:00+08:00","due":"2026-03-06T23:59:59+08:00","rule":"test_house@1 default"},{"clock":"follow_up","start":"2026-03-06T15:50:00+08:00","due":"2026-03-09T23:59:59+08:00","rule":"test_house@1 R39"},{"clock":"evaluate","start":"2026-03-06T18:50:00+08:00","due":"2026-03-11T23:59:59+08:00","rule":"test_house@1 default"}],"contacts":1,"acknowledged_at":"2026-03-05T12:30:00+08:00","judgment":{"at":"2026-03-05T15:40:00+08:00","department":null,"issues":[{"demand":"unreasonable","demand_reason":"与约定相符","grounds":"insufficient","grounds_reason":"核对了维修记录","issue":"I1","verdict":"not_upheld"}],"judge":"owner","number":11,"rank":4},"explanation":{"channel":"phone","given_at":"2026-03-05T15:40:00+08:00","number":11,"understood_at":"2026-03-06T15:50:00+08:00","understood_channel":"wechat"},"evidence":[{"collected_at":null,"collector":"technician","id":"E12","kind":"recording","number":12,"sha256":"abababababababababababababababababababababababababababababababab"}],"deeds":[{"number":11,"command":"Explain","by":"owner","rank":4},{"number":14,"command":"RecordFollowUp","by":"hr","rank":-1}],"follow_up":{"at":"2026-03-06T18:50:00+08:00","caller":"hr","channel":"followup_call","number":14,"pressed":null,"result":"dissatisfied"},"first_satisfaction":"dissatisfied","outcome":"understood","beside":{"breaches":[{"due":"2026-03-03T23:59:59+08:00","number":6,"clock":"settle_at_once","promise":null}]}}');
INSERT INTO "complaints_complaint" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3','SH01','SH01-2026-000002',9,'intake','intake','supervisor-2',NULL,'critical',1782608400000000,'840ddc81f2789e8022d886a14ae3ed767155b8563e1cf3925ad872b9e629f9f9','{"id":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","reference":"SH01-2026-000002","dealer":"SH01","version":9,"state":"intake","registration":{"alarms":["fire","crash"],"channel":"phone","complainant":{"address":null,"email":null,"language":null,"member":false,"name":"顾客乙","phone":"10000000002","platform_number":null,"post_url":null,"preferred_channel":null,"ref":null,"wechat":null},"complained_of":[],"excerpt":"交车后第三天发动机异响，维修两次仍未解决。","issues":[{"category":"recall","id":"I1","is_safety":false,"text":null},{"category":"attitude","id":"I2","is_safety":false,"text":"交车后第三天发动机异响，维修两次仍未解决。"},{"category":"attitude","id":"I3","is_safety":false,"text":null}],"kind":"complaint","parties":[],"received_at":"2026-06-28T09:00:00+08:00","received_by":"adviser","recorded_by":null,"refs":[],"vehicles":[],"wish":"希望尽快修好并说明原因"},"recorded_at":"2026-06-30T09:00:00+08:00","updated_at":"2026-06-30T13:00:00+08:00","moved_at":"2026-06-28T09:00:00+08:00","head":"840ddc81f2789e8022d886a14ae3ed767155b8563e1cf3925ad872b9e629f9f9","definition":"dealership@1#9a3a68956b9a","severity":"critical","floor":"critical","track":"full","visits":[{"state":"intake","number":1,"began":1}],"duties":{"handler":{"duty":"handler","assignee":"supervisor-2","number":4,"answer":"accepted"}},"clocks":[{"clock":"acknowledge","start":"2026-06-28T09:00:00+08:00","due":"2026-06-28T11:00:00+08:00","rule":"test_house@1 default"},{"clock":"settle_at_once","start":"2026-06-28T09:00:00+08:00","due":"2026-07-01T23:59:59+08:00","rule":"test_house@1 default"},{"clock":"first_contact","start":"2026-06-30T12:10:00+08:00","due":"2026-07-07T23:59:59+08:00","rule":"test_house@1 R53"}],"contacts":3,"acknowledged_at":"2026-06-30T13:00:00+08:00","beside":{"cases":[{"id":"X3","kind":"oem","opened_at":"2026-06-30T12:00:00+08:00","number":3,"status":"open","due":null}]}}');
CREATE TABLE complaints_counter (
	name VARCHAR(120) NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (name)
)
 WITHOUT ROWID

;
INSERT INTO "complaints_counter" VALUES('case:SH01:2026',2);
CREATE TABLE complaints_event (
	position INTEGER NOT NULL, 
	complaint CHAR(32) NOT NULL, 
	number INTEGER NOT NULL, 
	command VARCHAR(80) NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (position), 
	CONSTRAINT complaints_event_number UNIQUE (complaint, number), 
	CONSTRAINT complaints_event_position CHECK (position > 0), 
	FOREIGN KEY(complaint) REFERENCES complaints_complaint (id)
);
INSERT INTO "complaints_event" VALUES(1,'01a215b8cf0374ca814c237edb4463fd',1,'Receive',1772413200000000,'0035747405a8f9c0c5159cb5b2d0b7b792d90920f80e6b091321be26a352a7bf','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":1,"command":"Receive","at":"2026-02-28T09:00:00+08:00","recorded_at":"2026-03-02T09:00:00+08:00","by":{"dealer":"SH01","department":"service","id":"warranty-clerk","roles":["warranty_clerk"]},"source":null,"target":"intake","form":{"alarms":[],"channel":"phone","complainant":{"address":null,"email":"personal:f5f5b3d2552fc84b3838cb2a63015d3f31b133023b7e142872d9f2e8b9e8b60f","language":null,"member":true,"name":"personal:444dc82d24e7c69f8359fde76aa88b127607479971de7fc176c995717f647ef4","phone":null,"platform_number":null,"post_url":null,"preferred_channel":null,"ref":null,"wechat":null},"complained_of":[],"continues":null,"dealer":"SH01","id":null,"issues":[],"kind":"complaint","parties":[{"kind":"owner","may_accept":true,"may_be_told":true,"may_sign":true,"name":"personal:ce90f1621c0b588a7229fff00dd3d54606d4f03f13b33c019a29a017f9572ecf","phone":null},{"kind":"sender","may_accept":true,"may_be_told":true,"may_sign":false,"name":"personal:5e5e11e173fda4ea51b662e5ddc39aedd2c61a227181eb5a9815f63cc6086d9f","phone":null}],"received_at":"2026-02-28T09:00:00+08:00","refs":[],"repeat_of":null,"statement":"personal:3fa3a3baaf51d9e6901a4f8a96d20cf22830d276ee9c3b829e0cb0b164f8b1dd","takes_on":false,"vehicles":[],"wish":"personal:6d1e55031af6833a9207d2cee3d988a541aa33a0ce6667b82cc24d45bec18574"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"","reference":"SH01-2026-000001","deadlines":[{"clock":"acknowledge","start":"2026-02-28T09:00:00+08:00","due":"2026-02-28T11:00:00+08:00","rule":"test_house@1 default"},{"clock":"settle_at_once","start":"2026-02-28T09:00:00+08:00","due":"2026-03-03T23:59:59+08:00","rule":"test_house@1 default"}]}');
INSERT INTO "complaints_event" VALUES(2,'01a215b8cf0374ca814c237edb4463fd',2,'Assign',1772499600000000,'994f3101f03fe8871ae437f2ba310532d55f30881919c275db43510f0e4b6f2c','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":2,"command":"Assign","at":"2026-03-01T21:00:00+08:00","recorded_at":"2026-03-03T09:00:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"supervisor-1","roles":["supervisor"]},"source":"intake","target":"intake","form":{"assignee":"supervisor-1","basis":"personal:32fdb2066295aa7c038ff08a8a3219b610f32dd47b502ed74db2c8d5645c98cb","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","duty":"handler","task":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"0035747405a8f9c0c5159cb5b2d0b7b792d90920f80e6b091321be26a352a7bf","deadlines":[{"clock":"first_contact","start":"2026-03-01T21:00:00+08:00","due":"2026-03-08T23:59:59+08:00","rule":"test_house@1 R53"}]}');
INSERT INTO "complaints_event" VALUES(3,'01a215b8cf0374ca814c237edb4463fd',3,'CompleteRegistration',1772500200000000,'6c3dc26fad01970091b04bc903086c7dbd41ae8271b6191a46a7dbc1d84dd370','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":3,"command":"CompleteRegistration","at":"2026-03-03T09:10:00+08:00","recorded_at":"2026-03-03T09:10:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"specialist-1","roles":["specialist"]},"source":"intake","target":"intake","form":{"alarms":[],"complainant":null,"complained_of":[],"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","issues":[{"category":"facilities","id":"I1","is_safety":false,"text":null}],"parties":[],"refs":[],"vehicles":[],"wish":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"994f3101f03fe8871ae437f2ba310532d55f30881919c275db43510f0e4b6f2c"}');
INSERT INTO "complaints_event" VALUES(4,'01a215b8cf0374ca814c237edb4463fd',4,'Override',1772586600000000,'904dc4884c3d59fbfe8b09368c938549f7f4f00369a1bc0062b7a468aca9c487','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":4,"command":"Override","at":"2026-03-02T09:05:00+08:00","recorded_at":"2026-03-04T09:10:00+08:00","by":{"dealer":null,"department":null,"id":"owner","roles":["group"]},"source":"intake","target":"intake","form":{"command":"AnswerAssignment","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","reason":"personal:274e067dc232a4e40e4d78a329b2b5b1a79f52bb98fe4eb66f7ad4baea1a9702","rules":["assignment.not_yours"]},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"6c3dc26fad01970091b04bc903086c7dbd41ae8271b6191a46a7dbc1d84dd370"}');
INSERT INTO "complaints_event" VALUES(5,'01a215b8cf0374ca814c237edb4463fd',5,'AnswerAssignment',1772587200000000,'1060e1224d0b935c059141e0b0d505edc1768c4a37b6acec2d98b92957ae10be','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":5,"command":"AnswerAssignment","at":"2026-03-04T09:20:00+08:00","recorded_at":"2026-03-04T09:20:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"supervisor-1","roles":["supervisor"]},"source":"intake","target":"intake","form":{"accepts":true,"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","duty":"handler","reason":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"904dc4884c3d59fbfe8b09368c938549f7f4f00369a1bc0062b7a468aca9c487"}');
INSERT INTO "complaints_event" VALUES(6,'01a215b8cf0374ca814c237edb4463fd',6,'RecordBreach',1772587800000000,'080d0d7d051990c1ece6fcfa08c941c05671b66c5ac9f0ce92ba6f309eb10276','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":6,"command":"RecordBreach","at":"2026-03-04T09:30:00+08:00","recorded_at":"2026-03-04T09:30:00+08:00","by":{"dealer":null,"department":null,"id":"system","roles":["system"]},"source":"intake","target":"intake","form":{"clock":"settle_at_once","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","promise":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"1060e1224d0b935c059141e0b0d505edc1768c4a37b6acec2d98b92957ae10be"}');
INSERT INTO "complaints_event" VALUES(7,'01a215b8cf0374ca814c237edb4463fd',7,'HandOver',1772598600000000,'02d9ee56ac1a96e2d963c4b6c9d7b63da1392f0dfcf0efcac4443733621e5435','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":7,"command":"HandOver","at":"2026-03-04T12:30:00+08:00","recorded_at":"2026-03-04T12:30:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"supervisor-1","roles":["supervisor"]},"source":"intake","target":"intake","form":{"basis":"personal:885cba29b2f51b8c6b93b2dc1b103b79e800356c29840a66c2326f5570308f01","briefing":"personal:71b242d82c38e2a12a5830f11347f1ccb0f2dda3c8749127af93919e0f10a03a","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","giver":"supervisor-1","taker":"specialist-1"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"080d0d7d051990c1ece6fcfa08c941c05671b66c5ac9f0ce92ba6f309eb10276"}');
INSERT INTO "complaints_event" VALUES(8,'01a215b8cf0374ca814c237edb4463fd',8,'AnswerAssignment',1772685000000000,'ffea6dc74c80d4471eafd719398cdacbd40f93f5083a3e328ab4f15b5978fa12','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":8,"command":"AnswerAssignment","at":"2026-03-05T12:30:00+08:00","recorded_at":"2026-03-05T12:30:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"specialist-1","roles":["specialist"]},"source":"intake","target":"intake","form":{"accepts":true,"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","duty":"handler","reason":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"02d9ee56ac1a96e2d963c4b6c9d7b63da1392f0dfcf0efcac4443733621e5435"}');
INSERT INTO "complaints_event" VALUES(9,'01a215b8cf0374ca814c237edb4463fd',9,'RecordContact',1772685000000000,'f23729d3fa85a38807d2e99233e130ae9b345841fbba094b1a1594636a42f370','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":9,"command":"RecordContact","at":"2026-03-05T12:30:00+08:00","recorded_at":"2026-03-05T12:30:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"specialist-1","roles":["specialist"]},"source":"intake","target":"intake","form":{"appointment":null,"channel":"sms","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","direction":"outgoing","evidence":null,"options":[],"purpose":"acknowledge","reached":true,"text":"personal:d34df1135936c2045270b754963306434a9dc56473b9e2453ebd84813ce53de4"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"ffea6dc74c80d4471eafd719398cdacbd40f93f5083a3e328ab4f15b5978fa12"}');
INSERT INTO "complaints_event" VALUES(10,'01a215b8cf0374ca814c237edb4463fd',10,'BeginJudgment',1772685600000000,'d458df729eb40ca0d6a345f999a883341ac795b5c2409c0245dceb3a6f253062','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":10,"command":"BeginJudgment","at":"2026-03-05T12:40:00+08:00","recorded_at":"2026-03-05T12:40:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"specialist-1","roles":["specialist"]},"source":"intake","target":"judgment","form":{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"f23729d3fa85a38807d2e99233e130ae9b345841fbba094b1a1594636a42f370","deadlines":[{"clock":"judge","start":"2026-03-05T12:40:00+08:00","due":"2026-03-06T23:59:59+08:00","rule":"test_house@1 default"}]}');
INSERT INTO "complaints_event" VALUES(11,'01a215b8cf0374ca814c237edb4463fd',11,'Explain',1772696400000000,'2373ca8adaa164d86e71a25b212afb59749ed719aa9d1c68811bbc76088478e7','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":11,"command":"Explain","at":"2026-03-05T15:40:00+08:00","recorded_at":"2026-03-05T15:40:00+08:00","by":{"dealer":null,"department":null,"id":"owner","roles":["group"]},"source":"judgment","target":"explanation","form":{"channel":"phone","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","judgments":[{"demand":"unreasonable","demand_reason":"personal:fac9884486cfbf5afc737ec9f69a5e0640c85f1baf14b0c9d672f76cbe899fb4","grounds":"insufficient","grounds_reason":"personal:76568248a232a452bbfd867f7670cbec05d9f8dbd7ae4bffbd7b0c0128ba3b6f","issue":"I1","verdict":"not_upheld"}],"text":"personal:0cf3325cdca7893325276166691dedd0b957a23a9ce4fb7f9c68ee9fc52b28ae"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"d458df729eb40ca0d6a345f999a883341ac795b5c2409c0245dceb3a6f253062"}');
INSERT INTO "complaints_event" VALUES(12,'01a215b8cf0374ca814c237edb4463fd',12,'AddEvidence',1772697000000000,'d013f025b4b1f648e075a6ad753059788379b509adfc2577071ec96a9211c2b4','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":12,"command":"AddEvidence","at":"2026-03-05T15:50:00+08:00","recorded_at":"2026-03-05T15:50:00+08:00","by":{"dealer":"SH01","department":"workshop","id":"technician","roles":["department_staff"]},"source":"explanation","target":"explanation","form":{"collected_at":null,"collector":"technician","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","description":null,"id":"E12","kind":"recording","sha256":"abababababababababababababababababababababababababababababababab"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"2373ca8adaa164d86e71a25b212afb59749ed719aa9d1c68811bbc76088478e7"}');
INSERT INTO "complaints_event" VALUES(13,'01a215b8cf0374ca814c237edb4463fd',13,'RecordUnderstanding',1772783400000000,'c04a08754d58b3bb25b61a4ae1e6f36fee71113f6916a04b6466c870b59d66e9','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":13,"command":"RecordUnderstanding","at":"2026-03-06T15:50:00+08:00","recorded_at":"2026-03-06T15:50:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"deputy","roles":["general_manager","hr","legal"]},"source":"explanation","target":"follow_up","form":{"channel":"wechat","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","words":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"d013f025b4b1f648e075a6ad753059788379b509adfc2577071ec96a9211c2b4","deadlines":[{"clock":"follow_up","start":"2026-03-06T15:50:00+08:00","due":"2026-03-09T23:59:59+08:00","rule":"test_house@1 R39"}]}');
INSERT INTO "complaints_event" VALUES(14,'01a215b8cf0374ca814c237edb4463fd',14,'RecordFollowUp',1772794200000000,'cdc4a13f9f877d654fdb20873601141144e9f5da51c70b0397cd3ad2210e376d','{"complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","number":14,"command":"RecordFollowUp","at":"2026-03-06T18:50:00+08:00","recorded_at":"2026-03-06T18:50:00+08:00","by":{"dealer":"SH01","department":"hr","id":"hr","roles":["hr"]},"source":"follow_up","target":"review","form":{"channel":"followup_call","complaint":"01a215b8-cf03-74ca-814c-237edb4463fd","message":null,"pressed":null,"reason":"personal:c76e0b8124a0aab0e43b70e25a13db003ffb7fa98069f9fc3fe9596171682d68","reason_withheld":false,"result":"dissatisfied","service":null,"suggestions":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"c04a08754d58b3bb25b61a4ae1e6f36fee71113f6916a04b6466c870b59d66e9","deadlines":[{"clock":"evaluate","start":"2026-03-06T18:50:00+08:00","due":"2026-03-11T23:59:59+08:00","rule":"test_house@1 default"}]}');
INSERT INTO "complaints_event" VALUES(15,'01a215b8d0897591b6cb7d8b65e7d6d3',1,'Receive',1782781200000000,'4ddfab49805cb81a8427ca2ea1939a7135ae1014260ca9ba94423552cb72f944','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":1,"command":"Receive","at":"2026-06-28T09:00:00+08:00","recorded_at":"2026-06-30T09:00:00+08:00","by":{"dealer":"SH01","department":"service","id":"adviser","roles":["service_adviser"]},"source":null,"target":"intake","form":{"alarms":["fire","crash"],"channel":"phone","complainant":{"address":null,"email":null,"language":null,"member":false,"name":"personal:af72e4e6c2fb8e9478fc9d031ad820cbb3f21e018abfc90c64e192395960a5ed","phone":null,"platform_number":null,"post_url":null,"preferred_channel":null,"ref":null,"wechat":null},"complained_of":[],"continues":null,"dealer":"SH01","id":null,"issues":[{"category":"recall","id":"I1","is_safety":false,"text":null},{"category":"attitude","id":"I2","is_safety":false,"text":"personal:31eb1dbb70178ad7d4b9f3ba84863ae1e8cddbc8a62829586be42ba5caa4d118"},{"category":null,"id":"I3","is_safety":false,"text":null}],"kind":"complaint","parties":[],"received_at":"2026-06-28T09:00:00+08:00","refs":[],"repeat_of":null,"statement":"personal:cc7f7953d35dc72015fcd70ba5a7beaaba9f80c5e1be81310a99977b7d3dabf9","takes_on":false,"vehicles":[],"wish":"personal:0e9f34663066c81ccc81b57fac29080322342d5ce9f4251dda333ea823e50dd2"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"","reference":"SH01-2026-000002","deadlines":[{"clock":"acknowledge","start":"2026-06-28T09:00:00+08:00","due":"2026-06-28T11:00:00+08:00","rule":"test_house@1 default"},{"clock":"settle_at_once","start":"2026-06-28T09:00:00+08:00","due":"2026-07-01T23:59:59+08:00","rule":"test_house@1 default"}]}');
INSERT INTO "complaints_event" VALUES(16,'01a215b8d0897591b6cb7d8b65e7d6d3',2,'SetSeverity',1782781200000000,'df85812177a3f00377f50b6e843329343dd6a1cf795d0e4f0f6b430c8efd639c','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":2,"command":"SetSeverity","at":"2026-06-28T09:00:00+08:00","recorded_at":"2026-06-30T09:00:00+08:00","by":{"dealer":null,"department":null,"id":"system","roles":["system"]},"source":"intake","target":"intake","form":{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","floor":"fire","reason":"personal:9dfd93e8d21d470b62ae636a666fca6a042986f3809ce47707616aed1658651c","severity":"critical"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"4ddfab49805cb81a8427ca2ea1939a7135ae1014260ca9ba94423552cb72f944","caused_by":1}');
INSERT INTO "complaints_event" VALUES(17,'01a215b8d0897591b6cb7d8b65e7d6d3',3,'OpenExternalCase',1782792000000000,'1bddd39916657eb96144605fc0883d5fdd2df832cc3f6724576efab0ccba52bf','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":3,"command":"OpenExternalCase","at":"2026-06-30T12:00:00+08:00","recorded_at":"2026-06-30T12:00:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"counter","roles":["archivist","finance","hr","legal","manager","spokesperson","warranty_clerk"]},"source":"intake","target":"intake","form":{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","due":null,"id":"X3","kind":"oem","ref":null,"text":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"df85812177a3f00377f50b6e843329343dd6a1cf795d0e4f0f6b430c8efd639c"}');
INSERT INTO "complaints_event" VALUES(18,'01a215b8d0897591b6cb7d8b65e7d6d3',4,'Assign',1782792600000000,'fa82ab28acfc937381e7756a280a817bfdb0c845c85b2a8afa370ed205e04136','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":4,"command":"Assign","at":"2026-06-30T12:10:00+08:00","recorded_at":"2026-06-30T12:10:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"deputy","roles":["general_manager","hr","legal"]},"source":"intake","target":"intake","form":{"assignee":"supervisor-2","basis":"personal:cf788b306ef20e285f6a63f64e8f37bb228344b645ecaeca2975daba67988de1","complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","duty":"handler","task":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"1bddd39916657eb96144605fc0883d5fdd2df832cc3f6724576efab0ccba52bf","deadlines":[{"clock":"first_contact","start":"2026-06-30T12:10:00+08:00","due":"2026-07-07T23:59:59+08:00","rule":"test_house@1 R53"}]}');
INSERT INTO "complaints_event" VALUES(19,'01a215b8d0897591b6cb7d8b65e7d6d3',5,'AnswerAssignment',1782793200000000,'77083b70982c6cddad348ea77d1d8f33ee1fabc135a0fd3f5ec1b367bc4f5361','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":5,"command":"AnswerAssignment","at":"2026-06-29T10:40:00+08:00","recorded_at":"2026-06-30T12:20:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"supervisor-2","roles":["supervisor"]},"source":"intake","target":"intake","form":{"accepts":true,"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","duty":"handler","reason":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"fa82ab28acfc937381e7756a280a817bfdb0c845c85b2a8afa370ed205e04136"}');
INSERT INTO "complaints_event" VALUES(20,'01a215b8d0897591b6cb7d8b65e7d6d3',6,'CompleteRegistration',1782793800000000,'4891c4d213c854c05f664f2eefb8227c91c2542c8c1e085bba8439053442965b','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":6,"command":"CompleteRegistration","at":"2026-06-30T12:30:00+08:00","recorded_at":"2026-06-30T12:30:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"specialist-1","roles":["specialist"]},"source":"intake","target":"intake","form":{"alarms":[],"complainant":{"address":null,"email":null,"language":null,"member":false,"name":"personal:c15e062adcf0dde371824f310e4f44d7b5cfbe71136ab22b0553594147b4b2ee","phone":"personal:7beb93f56e25c30c882d6c36b4afe452685248fc1c129167e6120dabd1981f36","platform_number":null,"post_url":null,"preferred_channel":null,"ref":null,"wechat":null},"complained_of":[],"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","issues":[{"category":"attitude","id":"I3","is_safety":false,"text":null}],"parties":[],"refs":[],"vehicles":[],"wish":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"77083b70982c6cddad348ea77d1d8f33ee1fabc135a0fd3f5ec1b367bc4f5361"}');
INSERT INTO "complaints_event" VALUES(21,'01a215b8d0897591b6cb7d8b65e7d6d3',7,'RecordContact',1782794400000000,'9ac6e70bbee1221722f07db28d32b4e8dbabea66dac1291e5f0c6da2a6fa1328','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":7,"command":"RecordContact","at":"2026-06-30T12:40:00+08:00","recorded_at":"2026-06-30T12:40:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"counter","roles":["archivist","finance","hr","legal","manager","spokesperson","warranty_clerk"]},"source":"intake","target":"intake","form":{"appointment":null,"channel":"phone","complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","direction":"outgoing","evidence":null,"options":[],"purpose":"hold","reached":false,"text":null},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"4891c4d213c854c05f664f2eefb8227c91c2542c8c1e085bba8439053442965b"}');
INSERT INTO "complaints_event" VALUES(22,'01a215b8d0897591b6cb7d8b65e7d6d3',8,'RecordContact',1782795000000000,'7515d7cf4237a00dfd8ed3e9ae54a2c8078ffe934222cb9bdade54ecca27d5e3','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":8,"command":"RecordContact","at":"2026-06-30T12:50:00+08:00","recorded_at":"2026-06-30T12:50:00+08:00","by":{"dealer":"SH01","department":"customer_service","id":"specialist-1","roles":["specialist"]},"source":"intake","target":"intake","form":{"appointment":null,"channel":"phone","complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","direction":"incoming","evidence":null,"options":[],"purpose":"other","reached":true,"text":"personal:c68652ac3b25e835d16a891bd9aebd0dfa6ecfeb3f844c1c4e2bd35328d4c836"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"9ac6e70bbee1221722f07db28d32b4e8dbabea66dac1291e5f0c6da2a6fa1328"}');
INSERT INTO "complaints_event" VALUES(23,'01a215b8d0897591b6cb7d8b65e7d6d3',9,'RecordContact',1782795600000000,'840ddc81f2789e8022d886a14ae3ed767155b8563e1cf3925ad872b9e629f9f9','{"complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","number":9,"command":"RecordContact","at":"2026-06-30T13:00:00+08:00","recorded_at":"2026-06-30T13:00:00+08:00","by":{"dealer":null,"department":null,"id":"owner","roles":["group"]},"source":"intake","target":"intake","form":{"appointment":null,"channel":"sms","complaint":"01a215b8-d089-7591-b6cb-7d8b65e7d6d3","direction":"outgoing","evidence":null,"options":[],"purpose":"acknowledge","reached":true,"text":"personal:6864510e6e77c4362011d301a5d9cbbbf8511c33e9affa675c3ed6beb46d5074"},"definition":"dealership@1#9a3a68956b9a","policy":"test_house@1","previous":"7515d7cf4237a00dfd8ed3e9ae54a2c8078ffe934222cb9bdade54ecca27d5e3"}');
CREATE TABLE complaints_key (
	dealer VARCHAR(20) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	complaint CHAR(32) NOT NULL, 
	number INTEGER NOT NULL, 
	salt BLOB NOT NULL, 
	digest BLOB NOT NULL, 
	PRIMARY KEY (dealer, "key"), 
	FOREIGN KEY(complaint, number) REFERENCES complaints_event (complaint, number)
)
 WITHOUT ROWID

;
CREATE TABLE complaints_notice (
	id VARCHAR(200) NOT NULL, 
	complaint CHAR(32) NOT NULL, 
	number INTEGER NOT NULL, 
	lane VARCHAR(120) NOT NULL, 
	due_at BIGINT NOT NULL, 
	state VARCHAR(20) DEFAULT 'waiting' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	fence BIGINT DEFAULT '0' NOT NULL, 
	leased_until BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(complaint, number) REFERENCES complaints_event (complaint, number)
);
CREATE TABLE complaints_personal (
	complaint CHAR(32) NOT NULL, 
	number INTEGER NOT NULL, 
	path VARCHAR(200) NOT NULL, 
	salt BLOB NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (complaint, number, path), 
	FOREIGN KEY(complaint, number) REFERENCES complaints_event (complaint, number)
)
 WITHOUT ROWID

;
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',1,'complainant.email',X'287ACC032D112F5E089B7012C7D4694B','customer-c@example.com');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',1,'complainant.name',X'7E1B0F117F34FE4C29C95CDA58BEB703','Customer C');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',1,'parties[0].name',X'B508BF057BCD9DB45F20E9E9D87D82AB','顾客丙');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',1,'parties[1].name',X'E04918F2EDBAF5ADC8596E0EB0468EC6','顾客丁');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',1,'statement',X'2A5838C874F1B71C4A446077933466F4','等待时间过长 🚗');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',1,'wish',X'7A82543CD841ADE3C6FF953685F17F01','希望尽快修好并说明原因');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',2,'basis',X'705B863B470D42E32117272B8D7D4E8B','负荷最低');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',4,'reason',X'371757EE76010BB3151DD484E88FA676','同事休假，不能让客户等');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',7,'basis',X'5813133D0890BC6D84F9191C68476FB7','负荷最低');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',7,'briefing',X'6B852C49A67FA9C58008F1AFF4F11128','客户上午方便接电话。');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',9,'text',X'DF6929197EAC2287E785ED7E562CF1FE','尊敬的客户，您反映的情况我们已记录，会尽快给您答复。');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',11,'judgments[0].demand_reason',X'7C779E20BA9E102D5993839D03814EC2','与约定相符');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',11,'judgments[0].grounds_reason',X'27E68351B0606AF097DEE053F8C51D86','核对了维修记录');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',11,'text',X'D8D80F3DFCD95D04C67AB7D40E90B37D','您方便的时候，我们安排专人向您当面说明。
Please let us know when it suits you.');
INSERT INTO "complaints_personal" VALUES('01a215b8cf0374ca814c237edb4463fd',14,'reason',X'235A6BFA3B2DFA4C201E0D2095D9BE47','等待时间仍然偏长');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',1,'complainant.name',X'86183C6094531D8832D07927BD29E155','顾客乙');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',1,'issues[1].text',X'91D6CF9C95D067DAA31374D5AF63BA81','交车后第三天发动机异响，维修两次仍未解决。');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',1,'statement',X'1E7DB258DD093E84F9E8DC0BE8AA4E16','交车后第三天发动机异响，维修两次仍未解决。');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',1,'wish',X'8DE497C21D71FB7DEC5E14579A9A6D39','希望尽快修好并说明原因');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',2,'reason',X'80D010883C49FE9F090A6760C24AFD14','test_house@1 fire: default');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',4,'basis',X'25746398C9082C11A507742B74152F16','负荷最低');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',6,'complainant.name',X'6A94B62663CED12B0CB80EEDA4125C4C','顾客乙');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',6,'complainant.phone',X'804396F4F98B609CB302BC0FE744BE39','10000000002');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',8,'text',X'6362E650FA5BE829A2D2A952C5365B85','尊敬的客户，您反映的情况我们已记录，会尽快给您答复。');
INSERT INTO "complaints_personal" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3',9,'text',X'1E647196BF10D64C0FFB73BC5AA027CE','Dear customer, thank you for telling us; we will come back to you by tomorrow noon.');
CREATE TABLE complaints_term (
	kind VARCHAR(20) NOT NULL, 
	value VARCHAR(250) NOT NULL, 
	complaint CHAR(32) NOT NULL, 
	PRIMARY KEY (kind, value, complaint), 
	FOREIGN KEY(complaint) REFERENCES complaints_complaint (id)
)
 WITHOUT ROWID

;
INSERT INTO "complaints_term" VALUES('category','facilities','01a215b8cf0374ca814c237edb4463fd');
INSERT INTO "complaints_term" VALUES('customer','customer c','01a215b8cf0374ca814c237edb4463fd');
INSERT INTO "complaints_term" VALUES('customer','customer-c@example.com','01a215b8cf0374ca814c237edb4463fd');
INSERT INTO "complaints_term" VALUES('category','attitude','01a215b8d0897591b6cb7d8b65e7d6d3');
INSERT INTO "complaints_term" VALUES('category','recall','01a215b8d0897591b6cb7d8b65e7d6d3');
INSERT INTO "complaints_term" VALUES('customer','10000000002','01a215b8d0897591b6cb7d8b65e7d6d3');
INSERT INTO "complaints_term" VALUES('customer','顾客乙','01a215b8d0897591b6cb7d8b65e7d6d3');
CREATE TABLE complaints_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT complaints_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "complaints_version" VALUES('0001');
CREATE TABLE complaints_words (
	complaint CHAR(32) NOT NULL, 
	words TEXT NOT NULL, 
	PRIMARY KEY (complaint), 
	FOREIGN KEY(complaint) REFERENCES complaints_complaint (id)
);
INSERT INTO "complaints_words" VALUES('01a215b8cf0374ca814c237edb4463fd','等待时间过长 🚗
customer c
顾客丙
顾客丁');
INSERT INTO "complaints_words" VALUES('01a215b8d0897591b6cb7d8b65e7d6d3','交车后第三天发动机异响,维修两次仍未解决。
顾客乙');
CREATE INDEX complaints_complaint_by_dealer ON complaints_complaint (dealer, id);
CREATE INDEX complaints_complaint_by_state ON complaints_complaint (dealer, state, id);
CREATE INDEX complaints_complaint_by_handler ON complaints_complaint (handler, id);
CREATE INDEX complaints_complaint_by_receipt ON complaints_complaint (dealer, received_at, id);
CREATE INDEX complaints_term_by_complaint ON complaints_term (complaint);
CREATE INDEX complaints_notice_by_due ON complaints_notice (state, due_at);
CREATE INDEX complaints_notice_by_lane ON complaints_notice (lane, complaint, number);
CREATE INDEX complaints_clock_by_due ON complaints_clock (state, due_at);
CREATE TRIGGER complaints_event_next BEFORE INSERT ON complaints_event
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM complaints_event WHERE complaint = NEW.complaint)
  OR NEW.position NOT IN (-1, (SELECT coalesce(max(position), 0) + 1 FROM complaints_event))
BEGIN SELECT RAISE(ABORT, 'an event must be the next one'); END;
CREATE TRIGGER complaints_event_no_update BEFORE UPDATE ON complaints_event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
CREATE TRIGGER complaints_event_no_delete BEFORE DELETE ON complaints_event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
COMMIT;
