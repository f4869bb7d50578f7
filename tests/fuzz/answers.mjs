/*
 * `node answers.mjs <framework> <root> <paths as JSON>`: imports src/m0/routes.js, src/m1/routes.js, …, sends requests
 * to the paths of each, and prints as JSON what each answers, and what it traced until then.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [framework, root, paths] = process.argv.slice(2)
/** Milliseconds after which there will be no answer. */
const PATIENCE = 300

process.on('unhandledRejection', (error) => globalThis.trace.push(['unhandled', String(error)]))
console.error = () => {}

/** Sends a request to the application: `(path, method) => [status, type, body]`. */
async function clientOf(app) {
  const read = async (response) => [response.status, response.headers.get('content-type'), await response.text()]
  if (framework === 'hono')
    return { send: async (path, method) => read(await app.request(path, { method })), close() {} }
  if (framework === 'fastify') {
    const send = async (url, method) => {
      const { statusCode, headers, payload } = await app.inject({ method, url })
      return [statusCode, headers['content-type'], payload]
    }
    return { send, close() {} }
  }
  const server = createServer(framework === 'koa' ? app.callback() : app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  return {
    send: async (path, method) => read(await fetch(origin + path, { method })),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const results = []
for (const [at, own] of JSON.parse(paths).entries()) {
  globalThis.trace = []
  const result = { answers: [], trace: globalThis.trace }
  results.push(result)
  try {
    const { served } = await import(pathToFileURL(join(root, `src/m${at}/routes.js`)).href)
    const client = await clientOf(served)
    for (const path of own) {
      for (const method of ['GET', 'POST']) {
        let timer
        const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE, 'none')))
        result.answers.push(await Promise.race([client.send(path, method), late]).catch((error) => error.message))
        clearTimeout(timer)
      }
    }
    client.close()
  } catch (error) {
    result.failed = error.message.replaceAll(root, '')
  }
}
process.stdout.write(JSON.stringify(results), () => process.exit())
