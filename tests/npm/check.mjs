import assert from 'node:assert/strict';

import messenger from 'messaging-api-messenger';

import * as kinds from './kinds.mjs';
import { APP, PSID, SECRET, TOKEN, start } from './simulator.mjs';

const { MessengerClient, MessengerBatch } = messenger;

const simulator = await start(process.argv[2]);
const config = { accessToken: TOKEN, appId: APP, appSecret: SECRET, version: '26.0', origin: simulator.url };

// Which of the client's methods were called: none that sends may be left out.
const called = new Set();
const watched = (client, prefix) =>
  new Proxy(client, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      called.add(`${prefix}${String(name)}`);
      return value.bind(target);
    },
  });
const client = watched(new MessengerClient(config), '');
const batch = watched(MessengerBatch, 'batch ');

const file = (type) => [Buffer.from('bytes'), { filename: 'file', contentType: type }];
const template = { templateType: 'button', text: 'What now?', buttons: kinds.buttons };

// Each accepted: the call, and whether the answer names the person.
const accepted = {
  'a text': () => client.sendText(PSID, 'Hello'),
  'a text with quick replies': () => client.sendText(PSID, 'Red or blue?', { quickReplies: kinds.quickReplies }),
  'a message': () => client.sendMessage(PSID, { text: 'Hello' }),
  'a raw body': () => client.sendRawBody({ recipient: { id: PSID }, messagingType: 'RESPONSE', message: { text: 'Hello' } }),
  'an attachment': () => client.sendAttachment(PSID, { type: 'image', payload: { url: kinds.address, isReusable: true } }),
  'an audio by address': () => client.sendAudio(PSID, kinds.address),
  'an image by address': () => client.sendImage(PSID, kinds.address),
  'a video by address': () => client.sendVideo(PSID, kinds.address),
  'a file by address': () => client.sendFile(PSID, kinds.address),
  'an audio by its bytes': () => client.sendAudio(PSID, ...file('audio/mpeg')),
  'an image by its bytes': () => client.sendImage(PSID, ...file('image/png')),
  'a video by its bytes': () => client.sendVideo(PSID, ...file('video/mp4')),
  'a file by its bytes': () => client.sendFile(PSID, ...file('application/pdf')),
  'an image by its id': async () => {
    const { attachmentId } = await client.uploadImage(kinds.address, { isReusable: true });
    return client.sendImage(PSID, { attachmentId });
  },
  'a video by the id of its bytes': async () => {
    const { attachmentId } = await client.uploadVideo(Buffer.from('bytes'), { filename: 'v.mp4', contentType: 'video/mp4' });
    return client.sendVideo(PSID, { attachmentId });
  },
  'a template': () => client.sendTemplate(PSID, template),
  'a button template': () => client.sendButtonTemplate(PSID, 'What now?', kinds.buttons),
  'a generic template': () => client.sendGenericTemplate(PSID, kinds.elements, { imageAspectRatio: 'square' }),
  'a receipt': () => client.sendReceiptTemplate(PSID, kinds.receipt),
  'a media template': () => client.sendMediaTemplate(PSID, kinds.media),
  'a boarding pass': () => client.sendAirlineBoardingPassTemplate(PSID, kinds.boardingPass),
  'a check-in': () => client.sendAirlineCheckinTemplate(PSID, kinds.checkin),
  'an itinerary': () => client.sendAirlineItineraryTemplate(PSID, kinds.itinerary),
  'an update of a flight': () => client.sendAirlineUpdateTemplate(PSID, kinds.update),
  'a request to notify': () => client.sendOneTimeNotifReqTemplate(PSID, kinds.oneTime),
  'a message with a tag': () => client.sendText(PSID, 'A human answers', { tag: 'HUMAN_AGENT' }),
  'a message of a persona': async () => {
    const { id } = await client.createPersona({ name: 'John', profilePictureUrl: kinds.address });
    return client.sendText(PSID, 'I am John', { personaId: id });
  },
  'a private reply': async () => {
    const { commentId } = await simulator.act('comment', { text: 'How much?' });
    return client.sendText({ commentId }, 'Twelve dollars');
  },
  'a one-time notification': async () => {
    await client.sendOneTimeNotifReqTemplate(PSID, kinds.oneTime);
    const { mid } = await simulator.act('tap', { title: 'Notify Me' });
    return client.sendText({ oneTimeNotifToken: mid }, 'It is back');
  },
};

// Each refused: the call, and what the client makes of Meta's error.
const refused = {
  'a text that is too long': [() => client.sendText(PSID, 'x'.repeat(2001)), /Messenger API - 100 OAuthException \(#100\) Length of param message\[text\] must be less than or equal to 2000$/],
  'an empty text': [() => client.sendText(PSID, ''), /100 OAuthException \(#100\) Message cannot be empty/],
  'too many quick replies': [
    () => client.sendText(PSID, '?', { quickReplies: Array(14).fill(kinds.quickReplies[0]) }),
    /105 OAuthException \(#105\) param message\[quick_replies\] has too many elements/,
  ],
  'too many buttons': [() => client.sendButtonTemplate(PSID, '?', Array(4).fill(kinds.buttons[0])), /105 OAuthException/],
  'a retired template': [() => client.sendTemplate(PSID, { templateType: 'list', elements: [] }), /100 OAuthException .*template_type/],
  'a receipt without a sum': [() => client.sendReceiptTemplate(PSID, { ...kinds.receipt, summary: undefined }), /\[summary\] is required/],
  'a tag that has died': [() => client.sendText(PSID, 'Hi', { tag: 'ACCOUNT_UPDATE' }), /100 OAuthException \(#100\) Invalid parameter/],
  'an attachment of somebody else': [() => client.sendImage(PSID, { attachmentId: '1' }), /100 OAuthException .*attachment_id/],
  'bytes of another type': [() => client.sendImage(PSID, ...file('video/mp4')), /100 OAuthException \(#100\) Upload attachment failure/],
  'a person of nobody': [() => client.sendText('999', 'Hi'), /100 OAuthException \(#100\) No matching user found/],
  'a phone number': [() => client.sendText({ phoneNumber: '+34600000000' }, 'Hi'), /200 OAuthException .*pages_messaging_phone_number/],
  'a token that is none': [
    () => new MessengerClient({ ...config, accessToken: 'wrong' }).sendText(PSID, 'Hi'),
    /190 OAuthException Invalid OAuth access token/,
  ],
  'the wrong app secret': [() => new MessengerClient({ ...config, appSecret: 'guess' }).sendText(PSID, 'Hi'), /100 GraphMethodException .*appsecret_proof/],
  'the version that the client asks for by itself': [
    () => new MessengerClient({ ...config, version: undefined }).sendText(PSID, 'Hi'),
    /2635 OAuthException \(#2635\) You are calling a deprecated version/,
  ],
};

const actions = {
  'mark seen': () => client.markSeen(PSID),
  'typing on': () => client.typingOn(PSID),
  'typing off': () => client.typingOff(PSID),
  'any sender action': () => client.sendSenderAction(PSID, 'typing_on'),
};

let passed = 0;
const failures = [];
async function check(name, test) {
  try {
    await test();
    passed += 1;
  } catch (error) {
    failures.push(`${name}: ${error.message}`);
  }
}

async function inBatch() {
  const items = [
    batch.sendRequest({ recipient: { id: PSID }, message: { text: 'Hello' } }),
    batch.sendMessage(PSID, { text: 'Hello' }),
    batch.sendText(PSID, 'Hello'),
    batch.sendAttachment(PSID, { type: 'image', payload: { url: kinds.address } }),
    batch.sendAudio(PSID, kinds.address),
    batch.sendImage(PSID, kinds.address),
    batch.sendVideo(PSID, kinds.address),
    batch.sendFile(PSID, kinds.address),
    batch.sendTemplate(PSID, template),
    batch.sendButtonTemplate(PSID, 'What now?', kinds.buttons),
    batch.sendGenericTemplate(PSID, kinds.elements),
    batch.sendReceiptTemplate(PSID, kinds.receipt),
    batch.sendMediaTemplate(PSID, kinds.media),
    batch.sendAirlineBoardingPassTemplate(PSID, kinds.boardingPass),
    batch.sendAirlineCheckinTemplate(PSID, kinds.checkin),
    batch.sendAirlineItineraryTemplate(PSID, kinds.itinerary),
    batch.sendAirlineUpdateTemplate(PSID, kinds.update),
    batch.sendOneTimeNotifReqTemplate(PSID, kinds.oneTime),
    batch.sendSenderAction(PSID, 'mark_seen'),
  ];
  const answers = await client.sendBatch(items);
  assert.equal(answers.length, items.length);
  answers.forEach((answer, index) => {
    assert.equal(answer.code, 200, `item ${index}: ${JSON.stringify(answer)}`);
    assert.equal(answer.body.recipientId, PSID);
  });
  const [good, bad] = await client.sendBatch([batch.sendText(PSID, 'Hi'), batch.sendText('999', 'Hi')]);
  assert.deepEqual([good.code, bad.code, bad.body.error.errorSubcode], [200, 400, 2018001]);
}

try {
  await check('a closed window', () =>
    assert.rejects(client.sendText(PSID, 'Hi'), /10 OAuthException \(#10\) This message is sent outside of allowed window/));
  await simulator.act('say', { text: 'hello' });
  for (const [name, send] of Object.entries(accepted)) {
    await check(name, async () => {
      const { recipientId, messageId } = await send();
      assert.equal(recipientId, PSID);
      assert.match(messageId, /^m_/);
    });
  }
  await check('a message to a guest', async () => {
    await simulator.act('opt-in', { userRef: 'guest-123' });
    const answer = await client.sendText({ userRef: 'guest-123' }, 'Thank you');
    assert.deepEqual(Object.keys(answer), ['messageId'], 'who it is stays hidden');
  });
  for (const [name, act] of Object.entries(actions)) {
    await check(name, async () => assert.deepEqual(await act(), { recipientId: PSID }));
  }
  for (const [name, [send, expected]] of Object.entries(refused)) {
    await check(name, () => assert.rejects(send(), expected));
  }
  await check('all of them in a batch', inBatch);
  await check('uploads of every kind', async () => {
    for (const upload of ['uploadAudio', 'uploadImage', 'uploadVideo', 'uploadFile', 'uploadAttachment']) {
      const arguments_ = upload === 'uploadAttachment' ? ['file', kinds.address] : [kinds.address];
      assert.match((await client[upload](...arguments_)).attachmentId, /^\d+$/, upload);
    }
  });
  await check('a person who has blocked the Page', async () => {
    await simulator.act('block');
    await assert.rejects(client.sendText(PSID, 'Hi'), /551 OAuthException \(#551\) This person isn't available right now/);
    await simulator.act('unblock');
  });
  await check('what the Page set up', async () => {
    assert.deepEqual(await client.setGetStarted('START'), { result: 'success' });
    await client.setPersistentMenu([{ type: 'postback', title: 'Talk', payload: 'TALK' }]);
    assert.equal((await client.getPersistentMenu())[0].callToActions[0].payload, 'TALK');
    assert.equal((await client.getUserProfile(PSID)).firstName, 'Ana');
    assert.equal((await client.getPageInfo()).name, 'Simulated Page');
    // It proves the app's token with the Page's, which Meta refuses; without a proof it works.
    await assert.rejects(client.debugToken(), /100 GraphMethodException Invalid appsecret_proof/);
    assert.equal((await new MessengerClient({ ...config, skipAppSecretProof: true }).debugToken()).isValid, true);
    assert.equal((await client.getAllPersonas()).length, 1);
  });
  await check('a thread that another app controls', async () => {
    await client.passThreadControlToPageInbox(PSID, 'a human, please');
    await assert.rejects(client.sendText(PSID, 'Hi'), /10 OAuthException .*another app is controlling this thread/);
    await simulator.act('thread-control', { action: 'pass' });
    assert.equal((await client.getThreadOwner(PSID)).appId, Number(APP));
  });
  await check('every method that sends', () => {
    const sends = (names, prefix) => names.filter((name) => name.startsWith('send')).map((name) => `${prefix}${name}`);
    const all = [
      ...sends(Object.getOwnPropertyNames(MessengerClient.prototype), ''),
      ...sends(Object.keys(MessengerBatch), 'batch '),
    ];
    // Called by the four methods that send bytes.
    called.add('sendMessageFormData');
    assert.ok(all.length > 30, 'the client has lost its methods');
    assert.deepEqual(all.filter((name) => !called.has(name)), []);
  });
} finally {
  await simulator.stop();
}

for (const failure of failures) console.log(`FAILED ${failure}`);
const result = failures.length === 0 ? 'ok' : 'FAILED';
console.log(`test result: ${result}. ${passed} passed; ${failures.length} failed; 0 ignored`);
process.exitCode = failures.length === 0 ? 0 : 1;
