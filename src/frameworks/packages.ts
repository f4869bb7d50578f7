/*
 * What packages do with functions of the project, beside the frameworks.
 */

/**
 * socket.io 4.8.1, `dist/socket.js`: a packet becomes an event in a tick of its own, and nothing looks at what the
 * listeners return. A function among what they are given sends the answer.
 */
export const SOCKETS = {
  /** What names the package, or a socket that some other module took from it. */
  mentioned:
    /\bsocket\.io\b|\.\s*(?:on|once|addListener|prependListener)\s*\(\s*['"`]connect(?:ion)?['"`]|\.\s*(?:sockets|fetchSockets)\b/,
  module: 'socket.io',
  /** Types of what has `connection` events, and whose listener is given a socket. */
  servers: ['Server', 'Namespace'],
  connection: /^connect(?:ion)?$/,
  type: 'Socket',
  /** Methods that have a function called for each packet. */
  listens: /^(?:on|once|use|addListener|prependListener|prependOnceListener|onAny|prependAny)$/,
  /** Not packets: emitted while the socket is being closed, which goes on meanwhile. */
  reserved: /^(?:disconnect|disconnecting|error|connect_error|newListener|removeListener)$/,
} as const

/**
 * Lucid 21.6, `orm/base_model` and `orm/query_builder`: what finds one row, and changes nothing but by a hook that the
 * model registers for it.
 */
export const READS = {
  module: '@adonisjs/lucid/orm',
  base: 'BaseModel',
  chain:
    /^(?:query|select|where|whereIn|whereNot|whereNotIn|whereNull|whereNotNull|whereBetween|andWhere|orWhere|orderBy)$/,
  last: /^(?:first|firstOrFail)$/,
  /** What would run before such a query. */
  hooks: /\bbeforeFind\b|\.\s*before\s*\(/,
} as const

/**
 * What configurations of TypeScript that packages publish set, for a project whose packages are not installed:
 * `tsconfig.base.json` of @adonisjs/tsconfig 1.3, 1.4 and 2.0.
 */
export const TSCONFIGS: readonly { readonly extended: RegExp; readonly module: string; readonly target: string }[] = [
  { extended: /"extends"\s*:\s*"@adonisjs\/tsconfig\//, module: 'NodeNext', target: 'ESNext' },
]

/**
 * Methods that a package calls on instances of classes of the project, each time that something happens, and waits for.
 *
 * @adonisjs/auth 10.1, `src/authenticator` and the guards in `modules/`: guards are made for each request, and ask their
 * provider. @adonisjs/mail 10.3, `base_mail`.
 */
export const AWAITED_METHODS: readonly {
  /** Where the class that is extended, or the interface that is implemented, comes from. */
  readonly module: RegExp
  readonly types: RegExp
  readonly methods: RegExp
}[] = [
  { module: /^@adonisjs\/auth\/types$/, types: /^GuardContract$/, methods: /^(?:authenticate|check)$/ },
  {
    module: /^@adonisjs\/auth\/types\/(?:session|access_tokens|basic_auth)$/,
    types: /^(?:Session|SessionWithTokens|AccessTokens|BasicAuth)UserProviderContract$/,
    methods:
      /^(?:createUserForGuard|findById|createToken|verifyToken|invalidateToken|verifyCredentials|createRememberToken|verifyRememberToken|recycleRememberToken|deleteRemeberToken)$/,
  },
  { module: /^@adonisjs\/mail$/, types: /^BaseMail$/, methods: /^prepare$/ },
]

/**
 * What gives a client that opens nothing until it is asked for something, so that nobody notices when another one is made
 * in its place: axios 1.12 (`create`), openai 6.10, @anthropic-ai/sdk 0.71, stripe 22.2, and @supabase/supabase-js 2.81,
 * whose timer lets the process end and looks for a session that a server has not.
 */
export const CLIENTS: readonly {
  readonly module: RegExp
  /** What is called or instantiated, by the names that lead there from the module. */
  readonly names: RegExp
}[] = [
  { module: /^axios$/, names: /^(?:default\.)?create$/ },
  { module: /^@supabase\/supabase-js$/, names: /^createClient$/ },
  { module: /^openai$/, names: /^(?:default|OpenAI)$/ },
  { module: /^@anthropic-ai\/sdk$/, names: /^(?:default|Anthropic)$/ },
  { module: /^stripe$/, names: /^(?:default|Stripe)$/ },
]

/** What of such a client is changed by using it: its session, its defaults. */
export const CLIENT_STATE = /^(?:auth|channel|defaults|interceptors)$/
