import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework, FunctionRegistration } from './framework.ts'

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'del', 'head', 'options', 'all']
const REQUEST = ['req', 'res', 'next']

/** Express 5 (router 2) passes a rejection on to the error handlers, Express 4 drops it. */
const result = (major: number): 'awaited' | 'forwarded' => (major >= 5 ? 'awaited' : 'forwarded')

const common: Pick<FunctionRegistration, 'rest' | 'parameters' | 'result' | 'errorParameters'> = {
  rest: true,
  parameters: REQUEST,
  result,
  // A layer whose function has a `length` of 4 is called for errors only (express 4.22 `layer.js`, router 2.2 `layer.js`).
  errorParameters: ['err', ...REQUEST],
}

/** Express 4 and 5. Nothing is loaded but what modules import. */
export const express: Framework = {
  ...IMPORTS_ONLY,
  name: 'express',
  typeModules: /^(?:express|express-serve-static-core)$/,
  receivers: [
    {
      name: 'router',
      modules: [],
      types: ['Express', 'Application', 'Router', 'IRouter', 'Core.Express', 'Core.Router'],
      bindings: [],
      factories: [
        'express#default',
        'express#default.Router',
        'express#Router',
        'express#default.application',
        'express-promise-router#default',
      ],
      names: ['app', 'router', 'api', 'server'],
      returns: { route: 'route' },
    },
    { name: 'route', modules: [], types: ['IRoute'], bindings: [] },
  ],
  functions: {
    registrations: [
      { ...common, receiver: 'router', methods: VERBS, argument: 1, role: 'position' },
      { ...common, receiver: 'route', methods: VERBS, argument: 0, role: 'position' },
      { ...common, receiver: 'router', methods: ['use'], argument: 0, role: 'middleware' },
      {
        receiver: 'router',
        methods: ['param'],
        argument: 1,
        role: 'middleware',
        parameters: [...REQUEST, 'value', 'name'],
        result,
      },
    ],
    parameterTypes: {
      req: { name: 'Request', module: 'express', of: 'path parameters' },
      res: { name: 'Response', module: 'express' },
      next: { name: 'NextFunction', module: 'express' },
      err: { name: 'any' },
      value: { name: 'any' },
      name: { name: 'string' },
    },
    plainTypes: ['Request', 'Response', 'NextFunction', 'Error', 'any', 'unknown'],
    functionTypes: { RequestHandler: 3, Handler: 3, ErrorRequestHandler: 4, RequestParamHandler: 5 },
    routers: ['express#default', 'express#default.Router', 'express#Router', 'express-promise-router#default'],
    wrappers: ['express-async-handler#default'],
    errorType: { name: 'ErrorRequestHandler', module: 'express' },
  },
}
