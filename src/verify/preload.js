// Loaded first into every Node.js process that `verify` starts, by NODE_OPTIONS. Tells us over a socket which process
// it is, where it listens and what hot-hook says, and takes from us which file was saved: see session.ts.
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

const address = process.env['HOT_CODEMOD_VERIFY']

if (address !== undefined && isMainThread) {
  const socket = net.connect(address)
  const say = (/** @type {object} */ message) => void socket.write(`${JSON.stringify(message)}\n`)

  // Whoever started this process cannot end it any more.
  socket.on('close', () => process.kill(process.pid, 'SIGKILL')).on('error', () => {})
  socket.unref()
  say({ type: 'process', pid: process.pid, main: process.argv[1] ?? '' })

  const { listen } = net.Server.prototype
  net.Server.prototype.listen = function (/** @type {any[]} */ ...args) {
    this.once('listening', () => {
      const bound = this.address()
      if (bound === null || typeof bound === 'string') return
      say({ type: 'listening', host: bound.address, port: bound.port, tls: 'setSecureContext' in this })
      this.once('close', () => say({ type: 'closed', port: bound.port }))
    })
    return Reflect.apply(listen, this, args)
  }

  process.on('uncaughtExceptionMonitor', (error) => {
    const { code, port } = /** @type {NodeJS.ErrnoException & { port?: number }} */ (error)
    if (code === 'EADDRINUSE') say({ type: 'port-taken', port })
  })

  const { send } = process
  let isHeld = false
  const isOfHotHook = (/** @type {unknown} */ message) =>
    message instanceof Object && 'type' in message && String(message.type).startsWith('hot-hook:')

  /** What hot-hook says goes to us: at once, and, once it is held, to nobody else. */
  const reportHotHook = (/** @type {any[]} */ ...args) => {
    const [message] = args
    if (isOfHotHook(message)) say(message)
    if (isHeld && isOfHotHook(message)) return true
    return send === undefined ? false : Reflect.apply(send, process, args)
  }
  if (send !== undefined) process.send = reportHotHook

  const emit = process.emit
  /** From here on, hot-hook hears of files from us only, and nobody restarts the process because of what it says. */
  const hold = () => {
    if (isHeld) return
    isHeld = true
    coverage = startCoverage().catch(() => undefined)
    process.send = reportHotHook
    process.emit = /** @type {typeof process.emit} */ (
      (/** @type {any[]} */ ...args) =>
        args[0] === 'message' && isOfHotHook(args[1]) ? true : Reflect.apply(emit, process, args)
    )
  }

  /** @type {Promise<import('node:inspector/promises').Session | undefined>} */
  let coverage = Promise.resolve(undefined)
  const startCoverage = async () => {
    const { Session } = await import('node:inspector/promises')
    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    return session
  }

  /** The modules that ran since this was asked last: anew, from the top, or a function that they had before. */
  const reportRan = async () => {
    const session = await coverage
    const taken = await session?.post('Profiler.takePreciseCoverage').catch(() => undefined)
    const modules = taken?.result.flatMap(({ scriptId: id, url, functions }) => {
      if (!/^(?:file:|\/)/.test(url) || url.includes('/node_modules/')) return []
      const ran = functions.filter(({ ranges: [range] }) => range !== undefined && range.count > 0)
      const evaluated = ran.some(({ functionName, ranges: [range] }) => functionName === '' && range?.startOffset === 0)
      return ran.length > 0 ? [{ id, path: url.startsWith('/') ? url : fileURLToPath(url), evaluated }] : []
    })
    say({ type: 'ran', modules: modules ?? [] })
  }

  /** @type {Record<string, (path: string) => void>} */
  const commands = {
    hold,
    changed: (path) =>
      void Reflect.apply(emit, process, ['message', { type: 'hot-hook:file-changed', path, action: 'change' }]),
    ran: () => void reportRan(),
    marks: () => say({ type: 'marks', marks: Reflect.get(globalThis, 'hot-codemod') ?? {} }),
  }
  let rest = ''
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [command, path = ''] = JSON.parse(line)
      commands[command]?.(path)
    }
  })
}
