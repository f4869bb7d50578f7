import type { NextFunction, Request, Response } from 'express'

const counts = new Map<string, number>()

/** Lets each address through `most` times. */
export function limit(most: number) {
  return (req: Request, res: Response, next: NextFunction) => {
    const count = (counts.get(req.ip ?? '') ?? 0) + 1
    counts.set(req.ip ?? '', count)
    if (count > most) return res.sendStatus(429)
    next()
  }
}
