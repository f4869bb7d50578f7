/** Files that do not run in the server of a project without a framework that says so: tests, builds, declarations. */
export const OUTSIDE_SERVER =
  /^(?:tests?|__tests__|scripts|build|dist)[\\/]|[\\/]__tests__[\\/]|\.(?:spec|test)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/
