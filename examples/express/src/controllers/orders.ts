import type { Request, Response } from 'express'
import { orders } from '../services/store.js'

export function list(_req: Request, res: Response) {
  res.json(orders)
}

export function create(req: Request, res: Response) {
  orders.push(req.body)
  res.status(201).json(req.body)
}
