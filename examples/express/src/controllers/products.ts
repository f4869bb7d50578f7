import type { NextFunction, Request, Response } from 'express'
import { products } from '../services/store.js'

export function list(_req: Request, res: Response) {
  res.json(products)
}

export function show(req: Request, res: Response, next: NextFunction) {
  const product = products.find(({ id }) => id === req.params.id)
  if (!product) return next()
  res.json(product)
}
