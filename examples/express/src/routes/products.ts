import { Router } from 'express'
import { list, show } from '../controllers/products.js'

export const productsRouter = Router()

productsRouter.get('/', list)
productsRouter.get('/:id', show)
