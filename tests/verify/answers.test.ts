import { describe, expect, it } from 'vitest'
import { compareAnswers, type CompareOptions, type Comparison } from '../../src/verify/answers.ts'
import type { Answer } from '../../src/verify/request.ts'

type Given = string | Partial<Answer>

function answer(given: Given): Answer {
  const { status = 200, headers = {}, body = '' } = typeof given === 'string' ? { body: given } : given
  return { status, headers, body }
}

/** One request, answered by two versions in as many rounds as are given. */
function compare(before: readonly Given[], after: readonly Given[], options?: CompareOptions): Comparison {
  const rounds = (answers: readonly Given[]) => answers.map((given) => ({ '/a': answer(given) }))
  return compareAnswers(rounds(before), rounds(after), options)
}

const SAME: Comparison = { differences: [], varying: [], same: 1 }
const VARYING: Comparison = { differences: [], varying: ['/a'], same: 0 }

function bodyDiffers(before: string, after: string): Comparison {
  return { differences: [{ request: '/a', what: 'body', before, after }], varying: [], same: 0 }
}

function headerDiffers(name: string, before: string, after: string): Comparison {
  return { differences: [{ request: '/a', what: 'header', name, before, after }], varying: [], same: 0 }
}

function statusDiffers(before: string, after: string): Comparison {
  return { differences: [{ request: '/a', what: 'status', before, after }], varying: [], same: 0 }
}

/** The same body in both rounds of each version. */
function bodies(before: string, after: string, options?: CompareOptions): Comparison {
  return compare([before, before], [after, after], options)
}

/** The same header in both rounds of each version. */
function headers(name: string, before: string | string[], after: string | string[]): Comparison {
  const [was, is] = [{ headers: { [name]: before } }, { headers: { [name]: after } }]
  return compare([was, was], [is, is])
}

describe('compareAnswers', () => {
  it('finds equal answers equal', () => {
    expect(bodies('[{"id":1}]', '[{"id":1}]')).toEqual(SAME)
  })

  it('compares every request by itself', () => {
    const before = { '/a': answer('a'), 'POST /b {"x":1}': answer('b') }
    const after = { '/a': answer('a'), 'POST /b {"x":1}': answer('c') }
    expect(compareAnswers([before, before], [after, after])).toEqual({
      differences: [{ request: 'POST /b {"x":1}', what: 'body', before: 'b', after: 'c' }],
      varying: [],
      same: 1,
    })
  })

  it('takes the order of keys in JSON for behaviour', () => {
    expect(bodies('{"a":1,"b":2}', '{"b":2,"a":1}')).toEqual(bodyDiffers('{"a":1,"b":2}', '{"b":2,"a":1}'))
  })

  it('finds a body that got longer', () => {
    expect(bodies('[1]', '[1,2]')).toEqual(bodyDiffers('[1]', '[1,2]'))
  })

  it('finds a body that is gone', () => {
    expect(bodies('hello', '')).toEqual(bodyDiffers('hello', ''))
  })

  it('finds white space', () => {
    expect(bodies('a  b', 'a b').differences).toHaveLength(1)
  })

  it('shows one line around the first place that differs', () => {
    const start = 'word '.repeat(100)
    expect(bodies(`${start}\n<b>old</b>\n${start}`, `${start}\n<b>new</b>\n${start}`)).toEqual(
      bodyDiffers(
        '…word word word word word <b>old</b> word word word word word word word word word word word word wo…',
        '…word word word word word <b>new</b> word word word word word word word word word word word word wo…',
      ),
    )
  })

  it('finds a request that one version was not asked', () => {
    const asked = { '/a': answer('a') }
    expect(compareAnswers([asked, asked], [{}, {}])).toEqual(statusDiffers('200', '0 It was not asked.'))
  })
})

describe('the status', () => {
  it('differs', () => {
    expect(compare([{ status: 200 }, { status: 200 }], [{ status: 404 }, { status: 404 }])).toEqual(
      statusDiffers('200', '404'),
    )
  })

  it('comes with the message of an error', () => {
    const broken = { status: 500, body: '{"statusCode":500,"error":"Internal","message":"x is not a function"}' }
    expect(compare(['ok', 'ok'], [broken, broken])).toEqual(statusDiffers('200', '500 x is not a function'))
  })

  it('comes with the reason of no answer', () => {
    const none = { status: 0, body: 'Error: socket hang up' }
    expect(compare(['ok', 'ok'], [none, none])).toEqual(statusDiffers('200', '0 Error: socket hang up'))
  })

  it('is compared by round: a second creation may be a conflict', () => {
    const rounds = [{ status: 201 }, { status: 409 }]
    expect(compare(rounds, rounds)).toEqual(SAME)
  })

  it('varies within one version', () => {
    expect(compare([{ status: 200 }, { status: 429 }], [{ status: 429 }, { status: 404 }])).toEqual(VARYING)
  })

  it('differs when only the version after breaks, even in one round', () => {
    expect(compare(['ok', 'ok'], ['ok', { status: 502, body: 'Bad' }])).toEqual(statusDiffers('200', '502 Bad'))
  })

  it('varies when the version before breaks at times too', () => {
    expect(compare(['ok', { status: 502 }], [{ status: 502 }, { status: 404 }])).toEqual(VARYING)
  })
})

describe('headers', () => {
  it('differ', () => {
    expect(headers('content-type', 'text/html', 'application/json')).toEqual(
      headerDiffers('content-type', 'text/html', 'application/json'),
    )
  })

  it('may be gone', () => {
    expect(headers('x-powered-by', 'Express', [])).toEqual(headerDiffers('x-powered-by', 'Express', ''))
    const [was, is] = [{ headers: { vary: 'Origin' } }, {}]
    expect(compare([was, was], [is, is])).toEqual(headerDiffers('vary', 'Origin', '(none)'))
  })

  it('have no order', () => {
    const [was, is] = [{ headers: { a: '1', b: '2' } }, { headers: { b: '2', a: '1' } }]
    expect(compare([was, was], [is, is])).toEqual(SAME)
  })

  it.each([
    ['date', 'Sat, 21 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 10:00:00 GMT'],
    ['x-request-id', 'req-1', 'req-b'],
    ['x-response-time', '1ms', '20ms'],
    ['last-modified', 'Sat, 21 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2020 10:00:00 GMT'],
  ])('%s may have any value', (name, before, after) => {
    expect(headers(name, before, after)).toEqual(SAME)
  })

  it('x-request-id has to be there', () => {
    const [was, is] = [{ headers: { 'x-request-id': 'req-1' } }, {}]
    expect(compare([was, was], [is, is])).toEqual(headerDiffers('x-request-id', 'req-1', '(none)'))
  })

  it('expires may not be another day', () => {
    const [was, is] = ['Sat, 21 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 10:00:00 GMT']
    expect(headers('expires', was, is)).toEqual(headerDiffers('expires', was, is))
  })

  it('of the body may differ with a body that has an id', () => {
    const [was, is] = [
      { body: '{"pid":9}', headers: { etag: '"a"', 'content-length': '9' } },
      { body: '{"pid":10}', headers: { etag: '"b"', 'content-length': '10' } },
    ]
    expect(compare([was, was], [is, is])).toEqual(SAME)
  })

  it('of the body have to be there with a body that has an id', () => {
    const [was, is] = [{ body: '{"pid":9}', headers: { etag: '"a"' } }, { body: '{"pid":10}' }]
    expect(compare([was, was], [is, is])).toEqual(headerDiffers('etag', '"a"', '(none)'))
  })

  it('of the body may not differ with the same body', () => {
    const [was, is] = [{ headers: { 'content-length': '9' } }, { headers: { 'content-length': '10' } }]
    expect(compare([was, was], [is, is])).toEqual(headerDiffers('content-length', '9', '10'))
  })

  it('etag of a file may have another time', () => {
    expect(headers('etag', 'W/"5-19aa0c1d3e1"', 'W/"5-19aa0c1ffff"')).toEqual(SAME)
  })

  it('etag of a file may not have another size', () => {
    expect(headers('etag', 'W/"5-19aa0c1d3e1"', 'W/"6-19aa0c1d3e1"')).toEqual(
      headerDiffers('etag', 'W/"5-19aa0c1d3e1"', 'W/"6-19aa0c1d3e1"'),
    )
  })

  it('location may have another port of this machine', () => {
    expect(headers('location', 'http://127.0.0.1:34567/login', 'http://127.0.0.1:41000/login')).toEqual(SAME)
  })

  it('location may not have another path', () => {
    expect(headers('location', 'http://127.0.0.1:34567/login', 'http://127.0.0.1:41000/')).toEqual(
      headerDiffers('location', 'http://127.0.0.1:34567/login', 'http://127.0.0.1:41000/'),
    )
  })
})

describe('cookies', () => {
  const signed = 'connect.sid=s%3AKq1yb0bPZ9cW2f4d.8sT%2BabcDEF; Path=/; HttpOnly'
  const other = 'connect.sid=s%3A7dP0mm1rTTqA9xk2.1aC%2Fxyz; Path=/; HttpOnly'

  it('may have another session id', () => {
    expect(headers('set-cookie', [signed], [other])).toEqual(SAME)
  })

  it('may not have other attributes', () => {
    expect(headers('set-cookie', [signed], [other.replace('HttpOnly', 'Secure')]).differences).toMatchObject([
      { what: 'header', name: 'set-cookie', before: signed, after: other.replace('HttpOnly', 'Secure') },
    ])
  })

  it('may not have another value that is no id', () => {
    expect(headers('set-cookie', ['theme=dark'], ['theme=light'])).toEqual(
      headerDiffers('set-cookie', 'theme=dark', 'theme=light'),
    )
  })

  it('may not have another name', () => {
    expect(headers('set-cookie', [signed], [other.replace('connect', 'express')]).differences).toHaveLength(1)
  })

  it('have an order', () => {
    expect(headers('set-cookie', ['a=1', 'b=2'], ['b=2', 'a=1'])).toEqual(
      headerDiffers('set-cookie', 'a=1 b=2', 'b=2 a=1'),
    )
  })

  it('may not be fewer', () => {
    expect(headers('set-cookie', ['a=1', 'b=2'], ['a=1'])).toEqual(headerDiffers('set-cookie', 'a=1 b=2', 'a=1'))
  })
})

describe('what varies between the rounds', () => {
  it('is a word that varies in both versions', () => {
    expect(compare(['hi ann', 'hi bob'], ['hi carl', 'hi dora'])).toEqual(SAME)
  })

  it('is not the word beside it', () => {
    expect(compare(['hi ann', 'hi bob'], ['ho carl', 'ho dora'])).toEqual(bodyDiffers('hi ann', 'ho carl'))
  })

  it('is not what stays in one version and is another thing', () => {
    expect(compare(['{"v":"ann"}', '{"v":"bob"}'], ['{"v":null}', '{"v":null}']).differences).toHaveLength(1)
    expect(compare(['{"v":ann}', '{"v":bob}'], ['{"v":null}', '{"v":null}'])).toEqual(
      bodyDiffers('{"v":ann}', '{"v":null}'),
    )
  })

  it('is a count that happens to stay in one version', () => {
    expect(compare(['mb 40', 'mb 40'], ['mb 41', 'mb 42'])).toEqual(SAME)
  })

  it('is not a count that stays in both', () => {
    expect(compare(['items 40', 'items 40'], ['items 41', 'items 41'])).toEqual(bodyDiffers('items 40', 'items 41'))
  })

  it('is not a counter that is the same in each round', () => {
    expect(compare(['visits 1', 'visits 2'], ['visits 1', 'visits 2'])).toEqual(SAME)
  })

  it('is a list that grows from round to round, in both versions alike', () => {
    const [one, two] = ['[{"id":1}]', '[{"id":1},{"id":2}]']
    expect(compare([one, two], [one, two])).toEqual(SAME)
  })

  it('is reported when words do not line up', () => {
    expect(compare(['a', 'a b'], ['c', 'c d'])).toEqual(VARYING)
  })

  it('is no excuse for another request', () => {
    const round = (a: string, b: string) => ({ '/a': answer(a), '/b': answer(b) })
    expect(compareAnswers([round('a', 'x'), round('a b', 'x')], [round('c', 'y'), round('c d', 'y')])).toEqual({
      differences: [{ request: '/b', what: 'body', before: 'x', after: 'y' }],
      varying: ['/a'],
      same: 0,
    })
  })

  it('may be a header', () => {
    const round = (value: string) => ({ headers: { 'x-ratelimit-remaining': value } })
    expect(compare([round('99'), round('98')], [round('97'), round('96')])).toEqual(SAME)
  })
})

describe('two boots', () => {
  it.each([
    ['the port of the host', 'see http://localhost:34567/docs', 'see http://localhost:41234/docs'],
    ['a UUID', '{"id":"6f1c1d0e-0b5e-4a57-9f53-3a3d6a1c6b11"}', '{"id":"0e9a2c44-7f0b-4f77-8a0f-94a3f1f5d0aa"}'],
    ['an ObjectId', '{"_id":"655cf1a2b3c4d5e6f7a8b9c0"}', '{"_id":"655cf1a9ffffd5e6f7a8b9c1"}'],
    ['a nanoid', 'id V1StGXR8_Z5jdHi6B-myT', 'id u9bZ3pQe-1LkTz0sXw8Aa'],
    ['a cuid', 'id cjld2cjxh0000qzrmn831i7rn', 'id cjld2cyuq0000t3rmniod1foy'],
    ['a ULID', 'id 01ARZ3NDEKTSV4RRFFQ69G5FAV', 'id 01BX5ZZKBKACTAV9WEVGEMMVRZ'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjF9.a-b_c', 'eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjJ9.d-e_fgh'],
    ['a hash of bcrypt', `$2b$10$${'aB3./'.repeat(10)}xyz`, `$2b$10$${'Cd4./'.repeat(10)}uvw`],
    ['a key in base64', 'k A1b2C3d4E5f6/G7h8+I9j0Kl==', 'k Z1y2X3w4V5u6T7s8/R9q0+Pm=='],
    ['an ISO date', '{"at":"2026-11-21T22:56:01.123Z"}', '{"at":"2026-11-21T23:01:44.9Z"}'],
    ['a date of SQL', 'at 2026-11-21 22:56:01', 'at 2026-11-21 22:56:09'],
    ['a date of HTTP', 'Sat, 21 Nov 2026 22:59:59 GMT', 'Sat, 21 Nov 2026 23:00:01 GMT'],
    ['a date of Date', 'Sat Nov 21 2026 22:59:59 GMT+0000 (UTC)', 'Sat Nov 21 2026 23:00:01 GMT+0000 (UTC)'],
    ['a time of day', 'at 9:59:59 PM', 'at 10:00:03 PM'],
    ['milliseconds since 1970', '{"now":1795301761123}', '{"now":1795301999999}'],
    ['seconds since 1970', '{"iat":1795301761}', '{"iat":1795301999}'],
    ['the process id', '{"pid":41}', '{"pid":1234}'],
    ['the uptime', '{"uptime":0.51}', '{"uptime":12}'],
    ['memory', '{"memory":{"rss":51200,"heapUsed":1024}}', '{"memory":{"rss":51201,"heapUsed":999}}'],
    ['a measured duration', 'done in 1.25ms', 'done in 17.5ms'],
    ['a measured duration with a blank', 'done in 3 ms', 'done in 14 ms'],
  ])('differ in %s', (_, before, after) => {
    expect(bodies(before, after)).toEqual(SAME)
  })

  it.each([
    ['the path after the port', 'http://localhost:34567/docs', 'http://localhost:41234/doc'],
    ['the port of another host', 'http://example.org:8080/', 'http://example.org:8081/'],
    ['a UUID that is not one any more', '6f1c1d0e-0b5e-4a57-9f53-3a3d6a1c6b11', 'undefined'],
    ['hexadecimal numbers of other lengths', '655cf1a2b3c4d5e6f7a8b9c0', '655cf1a2b3c4d5e6f7a8'],
    ['a short id', 'id a1b2c3', 'id a1b2c4'],
    ['a long name', 'userProfileV2Page', 'userAccountV2Page'],
    ['a long path', '/api/v1/organizations/userProfiles', '/api/v1/organizations/userAccounts'],
    ['a day', '2026-11-21T22:56:01.123Z', '2026-11-22T22:56:01.123Z'],
    ['an hour: a time zone', '2026-11-21T22:56:01.123Z', '2026-11-21T23:56:01.123Z'],
    ['a plan', '2026-11-21T22:30:00.000Z', '2026-11-21T22:45:00.000Z'],
    ['a date without a time', '2026-11-21', '2026-11-22'],
    ['the form of a date', '2026-11-21T22:56:01.123Z', '1795301761123'],
    ['a large number', '{"amount":12345678}', '{"amount":12345679}'],
    ['another number of the process', '{"pid":41,"workers":2}', '{"pid":42,"workers":3}'],
    ['a process id that is no number', '{"pid":41}', '{"pid":null}'],
    ['a configured duration', 'limit 3000ms', 'limit 5000ms'],
    ['a duration in minutes', 'expires in 15 minutes', 'expires in 20 minutes'],
  ])('do not differ in %s', (_, before, after) => {
    expect(bodies(before, after)).toEqual(bodyDiffers(before, after))
  })
})

describe('directories', () => {
  const options = { directories: ['/tmp/before-1', '/tmp/after-22', '/tmp/with blank'] }

  it('are the same in both copies', () => {
    expect(bodies('{"dir":"/tmp/before-1/views"}', '{"dir":"/tmp/after-22/views"}', options)).toEqual(SAME)
  })

  it('may be written in a URL', () => {
    expect(bodies('file:///tmp/before-1/a.js', 'file:///tmp/with%20blank/a.js', options)).toEqual(SAME)
  })

  it('are not those below', () => {
    expect(bodies('/tmp/before-1/views', '/tmp/after-22/public', options)).toEqual(
      bodyDiffers('/tmp/before-1/views', '/tmp/after-22/public'),
    )
  })

  it('are not those with a longer name', () => {
    expect(bodies('/tmp/before-1/views', '/tmp/after-22b/views', options)).toEqual(
      bodyDiffers('/tmp/before-1/views', '/tmp/after-22b/views'),
    )
  })

  it('differ when they are not named', () => {
    expect(bodies('/tmp/before-1', '/tmp/after-22')).toEqual(bodyDiffers('/tmp/before-1', '/tmp/after-22'))
  })
})

describe('stacks below 500', () => {
  const json = (message: string, ...frames: string[]) =>
    JSON.stringify({ stack: [message, ...frames].join('\n    at '), ok: 0 })
  const [was, is] = ['find (/app/src/a.ts:1:2)', 'async <anonymous> (file:///app/src/b.ts:30:4)']

  it('may have other frames in JSON', () => {
    expect(bodies(json('Error: gone', was, 'new Promise (<anonymous>)'), json('Error: gone', is))).toEqual(SAME)
  })

  it('may not have another message', () => {
    expect(bodies(json('Error: gone', was), json('Error: lost', is)).differences).toHaveLength(1)
  })

  it('may not have another end', () => {
    expect(
      bodies(json('Error: gone', was), json('Error: gone', is).replace('"ok":0', '"ok":1')).differences,
    ).toHaveLength(1)
  })

  it('may have other frames in text', () => {
    expect(bodies(`Error: gone\n    at ${was}\nend`, `Error: gone\n    at ${is}\n    at ${was}\nend`)).toEqual(SAME)
  })

  it('are not sentences', () => {
    expect(bodies('Meet\n  at 10:30:00', 'Meet\n  at 10:45:00')).toEqual(
      bodyDiffers('Meet at 10:30:00', 'Meet at 10:45:00'),
    )
  })
})

describe('errors of the application', () => {
  const error = (body: string): Partial<Answer> => ({
    status: 500,
    headers: { 'content-length': String(body.length) },
    body,
  })
  const errors = (before: string, after: string): Comparison =>
    compare([error(before), error(before)], [error(after), error(after)])
  const page = (message: string, place: string): string =>
    `<!DOCTYPE html>\n<title>Error</title>\n<pre>${message}<br> &nbsp; &nbsp;at find (${place})</pre>`

  it('may have another stack in a page of Express', () => {
    expect(errors(page('Error: gone', 'a.ts:1:10'), page('Error: gone', 'a.ts:12:5'))).toEqual(SAME)
  })

  it('may not have another message in a page of Express', () => {
    expect(errors(page('Error: gone', 'a.ts:1:10'), page('Error: lost', 'a.ts:1:10'))).toEqual(
      bodyDiffers('Error: gone', 'Error: lost'),
    )
  })

  it('may have another stack in JSON', () => {
    const json = (line: number) => `{"message":"gone","stack":"Error: gone\\n    at a.ts:${line}:1"}`
    expect(errors(json(3), json(14))).toEqual(SAME)
  })

  it('may not have another message in JSON', () => {
    expect(errors('{"error":{"message":"gone"}}', '{"error":{"message":"lost"}}')).toEqual(bodyDiffers('gone', 'lost'))
    expect(errors('{"errors":[{"message":"gone"}]}', '{"errors":[{"message":"lost"}]}')).toEqual(
      bodyDiffers('gone', 'lost'),
    )
  })

  it('may not differ in JSON without a message', () => {
    expect(errors('{"ok":false}', '{"ok":0}')).toEqual(bodyDiffers('{"ok":false}', '{"ok":0}'))
  })

  it('may have another stack in text', () => {
    expect(errors('Error: gone\n    at a.ts:1:2', 'Error: gone\n    at b.ts:3:4\n    at c.ts:5:6')).toEqual(SAME)
  })

  it('may not have another status', () => {
    const [was, is] = [error('gone'), { ...error('gone'), status: 503 }]
    expect(compare([was, was], [is, is])).toEqual(statusDiffers('500 gone', '503 gone'))
  })

  it('may not have another type of content', () => {
    const [was, is] = [
      { ...error('gone'), headers: { 'content-type': 'text/plain' } },
      { ...error('gone'), headers: { 'content-type': 'text/html' } },
    ]
    expect(compare([was, was], [is, is])).toEqual(headerDiffers('content-type', 'text/plain', 'text/html'))
  })

  it('are compared whole below 500', () => {
    const [was, is] = [
      { status: 404, body: 'Gone\nfrom a' },
      { status: 404, body: 'Gone\nfrom b' },
    ]
    expect(compare([was, was], [is, is])).toEqual(bodyDiffers('Gone from a', 'Gone from b'))
  })
})
