import { Router } from 'express'
import { create, list } from '../controllers/orders.js'
import { limit } from '../middleware/limit.js'
import { requireUser } from '../middleware/require-user.js'

export const ordersRouter = Router()

ordersRouter.get('/', requireUser, list)
ordersRouter.post('/', requireUser, limit(10), create)
