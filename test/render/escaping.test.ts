import { expect, test } from 'vitest'
import { RenderFault } from '../../activities/render/render-fault.ts'
import { html, rendered, scopeOf, sms } from './sample.ts'

const EVIL = `<img src=x onerror="alert('1')">&amp;`
const evil = scopeOf({ name: EVIL })

test('values are escaped in HTML, between tags and in attributes', () => {
  const escaped = '&lt;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&gt;&amp;amp;'
  expect(html('<p title="{{ member.name }}">{{ member.name }}</p>', evil)).toBe(
    `<p title="${escaped}">${escaped}</p>`,
  )
})

test('an author who escapes does not escape twice', () => {
  expect(html('{{ member.name | escape }}', scopeOf({ name: 'A & B' }))).toBe('A &amp; B')
  expect(html('{% echo member.name %}', scopeOf({ name: 'A & B' }))).toBe('A &amp; B')
})

test('line breaks of a value can be shown in HTML without opening it to tags', () => {
  const scope = scopeOf({ note: 'one\n<two>' })
  expect(html('{{ member.note | newline_to_br }}', scope)).toBe('one<br>\n&lt;two&gt;')
  expect(html('{{ member.note | newline_to_br | upcase }}', scope)).not.toMatch(/<[^/]/)
})

test('what is captured is escaped like anything else', () => {
  expect(html('{% capture x %}{{ member.name }}{% endcapture %}{{ x }}', evil)).not.toContain('<img')
})

test('an unquoted attribute with a value gets its quotes', () => {
  const scope = scopeOf({ name: 'x onmouseover=alert(1)' })
  expect(html('<p title={{ member.name }} class=a>', scope)).toBe(
    '<p title="x onmouseover=alert(1)" class=a>',
  )
  const link = html('<a href={{ member.name }}>', scope)
  expect(link).toBe('<a href="x onmouseover=alert(1)">')
})

test('plain channels get values as they are, without control characters', () => {
  expect(sms('{{ member.name }}', evil)).toBe(EVIL)
  expect(sms('a{{ member.x }}b', scopeOf({ x: '\u0000\u001b\u202e\u0085-\ud800\t\n' }))).toBe('a-\ufffd\t\nb')
})

test('a line break in a value never starts another line of a subject or a title', () => {
  const scope = scopeOf({ name: 'Ana\r\nBcc: eve@evil.example\u2028x\u0085y' })
  const email = rendered({ channel: 'email', content: { subject: 'Hi {{ member.name }}', html: 'x' }, scope })
  expect(email.content.subject).toBe('Hi Ana Bcc: eve@evil.example xy')
  const push = rendered({ channel: 'push', content: { title: '{{ member.name }}', body: 'b' }, scope })
  expect(push.content.title).not.toMatch(/[\r\n\u2028]/)
})

test('WhatsApp parameters hold no line breaks, tabs or runs of spaces, and none is empty', () => {
  const content = {
    template: 'won_v1',
    language: 'en',
    params: ['member.name', 'member.nick | default: "you"'],
  }
  const scope = scopeOf({ name: 'Ana\n\tMaría      López' })
  expect(rendered({ channel: 'whatsapp', content, scope }).content).toEqual({
    template: 'won_v1',
    language: 'en',
    params: ['Ana María López', 'you'],
  })
  expect(() => rendered({ channel: 'whatsapp', content, scope: scopeOf({ name: ' ' }) })).toThrow(RenderFault)
})

test('unicode survives whole', () => {
  const name = 'Zoë 👩‍👩‍👧‍👦 עברית 中文'
  const content = { subject: '🎉 {{ member.name }}', html: '<b>{{ member.name }}</b>' }
  const email = rendered({ channel: 'email', content, scope: scopeOf({ name }) }).content
  expect(email).toMatchObject({ subject: `🎉 ${name}`, html: `<b>${name}</b>`, text: name })
})

test('a push body is cut between characters to what push services carry', () => {
  const scope = scopeOf({ name: '👍'.repeat(1_500) })
  const { body = '' } = rendered({
    channel: 'push',
    content: { title: 't', body: '{{ member.name }}' },
    scope,
  }).content
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(2_000)
  expect(body).toMatch(/^(👍)+…$/u)
})
