import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface Position {
  readonly line: number
  /** UTF-16 code units. */
  readonly character: number
}

export interface Range {
  readonly start: Position
  readonly end: Position
}

export interface Diagnostic {
  readonly range: Range
  readonly message: string
  readonly code?: string | number
  readonly codeDescription?: { readonly href: string }
  readonly source?: string
}

export interface CodeAction {
  readonly title: string
  readonly kind?: string
  readonly edit?: WorkspaceEdit
  readonly command?: { readonly command: string; readonly arguments?: readonly unknown[] }
}

interface TextEdit {
  readonly range: Range
  readonly newText: string
}

interface WorkspaceEdit {
  readonly changes?: Readonly<Record<string, readonly TextEdit[]>>
  readonly documentChanges?: readonly {
    readonly textDocument: { readonly uri: string }
    readonly edits: readonly TextEdit[]
  }[]
}

export interface ServerOptions {
  /** What node runs: the script of the server and its arguments. */
  readonly argv: readonly string[]
  /** The folder the editor has open. */
  readonly root: string
  /** The answer to `workspace/configuration`, for every item. */
  readonly settings: unknown
  /** Whether the editor asks for diagnostics (`pull`) or waits for the server to send them. */
  readonly diagnostics: 'pull' | 'push'
}

/** An editor with one folder open, reduced to what lint rules show in it. */
export interface Editor {
  /** Opens a file, or replaces the text of an open one, as a person types it: the disk is not written. */
  type(path: string, text: string): Promise<readonly Diagnostic[]>
  /** The actions at a place; with `only`, those of one kind, as "fix on save" asks for them. */
  actions(path: string, range: Range, diagnostics: readonly Diagnostic[], only?: string): Promise<readonly CodeAction[]>
  /** The text of the open file after an action; the file stays as it is. */
  apply(path: string, action: CodeAction): Promise<string>
  /** Asks the server to stop, and kills it when it does not. */
  close(): Promise<void>
}

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Document {
  readonly text: string
  readonly version: number
  /** What a pushing server is asked for. */
  readonly published: (found: readonly Diagnostic[]) => void
}

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

const LANGUAGES: Readonly<Record<string, string>> = { '.ts': 'typescript', '.js': 'javascript', '.json': 'json' }

/** How long a server may take to end by itself, in milliseconds. */
const PATIENCE = 2_000

/** Starts a language server over stdio and opens `root` in it. */
export async function startEditor({ argv, root, settings, diagnostics }: ServerOptions): Promise<Editor> {
  const server = spawn(process.execPath, [...argv], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(server, 'exit')
  const kill = (): void => void server.kill('SIGKILL')
  process.once('exit', kill)

  const pending = new Map<number, Pending>()
  const documents = new Map<string, Document>()
  let requests = 0
  let lastEdit: WorkspaceEdit | undefined
  let stderr = ''
  let dead: Error | undefined

  const fail = (reason: string): void => {
    dead ??= new Error(`${reason}\n${stderr}`)
    for (const { reject } of pending.values()) reject(dead)
    pending.clear()
  }
  server.on('exit', (code, signal) => fail(`The language server ended (${signal ?? code}).`))
  server.stdin.on('error', (error) => fail(error.message))
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))

  const send = (message: Message): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`)
    server.stdin.write(body)
  }
  const notify = (method: string, params: unknown): void => send({ method, params })
  const request = (method: string, params: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead)
      const id = ++requests
      pending.set(id, { resolve, reject })
      send({ id, method, params })
    })

  /** What the server asks of the editor. */
  const answer = (method: string, params: unknown): unknown => {
    if (method === 'workspace/configuration') return (params as { items: unknown[] }).items.map(() => settings)
    if (method === 'workspace/workspaceFolders') return [folder]
    if (method === 'workspace/applyEdit') {
      lastEdit = (params as { edit: WorkspaceEdit }).edit
      return { applied: true }
    }
    return null
  }
  const receive = ({ id, method, params, result, error }: Message): void => {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, version, diagnostics } = params as { uri: string; version?: number; diagnostics: Diagnostic[] }
      const document = documents.get(fileURLToPath(uri))
      if (document && (version ?? document.version) === document.version) document.published(diagnostics)
    } else if (method !== undefined && id !== undefined) {
      send({ id, result: answer(method, params) })
    } else if (id !== undefined) {
      const waiting = pending.get(Number(id))
      pending.delete(Number(id))
      if (error) waiting?.reject(new Error(error.message))
      else waiting?.resolve(result)
    }
  }
  let buffer = Buffer.alloc(0)
  server.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(buffer.toString('latin1', 0, Math.max(end, 0)))?.[1])
      if (end < 0 || buffer.length < end + 4 + length) break
      const body = buffer.toString('utf8', end + 4, end + 4 + length)
      buffer = buffer.subarray(end + 4 + length)
      receive(JSON.parse(body) as Message)
    }
  })

  const folder = { uri: uriOf(root), name: 'world' }
  await request('initialize', {
    processId: process.pid,
    rootUri: folder.uri,
    workspaceFolders: [folder],
    initializationOptions: [{ workspaceUri: folder.uri, options: settings }],
    capabilities: {
      workspace: {
        applyEdit: true,
        configuration: true,
        workspaceFolders: true,
        workspaceEdit: { documentChanges: true },
        didChangeConfiguration: { dynamicRegistration: true },
        executeCommand: {},
      },
      textDocument: {
        codeAction: {
          codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source', 'source.fixAll'] } },
          dataSupport: true,
        },
        publishDiagnostics: { codeDescriptionSupport: true },
        ...(diagnostics === 'pull' ? { diagnostic: { relatedDocumentSupport: false } } : {}),
      },
    },
  })
  notify('initialized', {})

  return {
    async type(path, text) {
      const uri = uriOf(path)
      const version = (documents.get(path)?.version ?? 0) + 1
      const found = new Promise<readonly Diagnostic[]>((published) => documents.set(path, { text, version, published }))
      if (version === 1) {
        const languageId = LANGUAGES[extname(path)] ?? 'plaintext'
        notify('textDocument/didOpen', { textDocument: { uri, languageId, version, text } })
      } else {
        notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] })
      }
      if (diagnostics === 'push') return Promise.race([found, exited.then(() => Promise.reject(dead))])
      const report = (await request('textDocument/diagnostic', { textDocument: { uri } })) as { items: Diagnostic[] }
      return report.items
    },
    async actions(path, range, diagnostics, only) {
      const context = { diagnostics, ...(only === undefined ? {} : { only: [only] }) }
      const actions = await request('textDocument/codeAction', { textDocument: { uri: uriOf(path) }, range, context })
      return (actions ?? []) as CodeAction[]
    },
    async apply(path, { edit, command }) {
      if (edit) return editText(documents.get(path)?.text ?? '', edit, uriOf(path))
      lastEdit = undefined
      await request('workspace/executeCommand', command)
      return editText(documents.get(path)?.text ?? '', lastEdit ?? {}, uriOf(path))
    },
    async close() {
      const timer = setTimeout(kill, PATIENCE)
      await request('shutdown', undefined).catch(() => {})
      if (!dead) notify('exit', undefined)
      await exited
      clearTimeout(timer)
      process.removeListener('exit', kill)
    },
  }
}

/** The text after the edits that a workspace edit makes to one document. */
export function editText(text: string, { changes = {}, documentChanges = [] }: WorkspaceEdit, uri: string): string {
  const path = fileURLToPath(uri)
  const edits = [
    ...Object.entries(changes).flatMap(([key, list]) => (fileURLToPath(key) === path ? list : [])),
    ...documentChanges.flatMap((change) => (fileURLToPath(change.textDocument.uri) === path ? change.edits : [])),
  ]
  return edits
    .map(({ range, newText }) => ({ start: offsetAt(text, range.start), end: offsetAt(text, range.end), newText }))
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end), text)
}

function offsetAt(text: string, { line, character }: Position): number {
  let start = 0
  for (let current = 0; current < line; current += 1) start = text.indexOf('\n', start) + 1
  return start + character
}

function uriOf(path: string): string {
  return pathToFileURL(path).href
}
