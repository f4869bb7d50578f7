import express from 'express'
import { notFound } from './controllers/errors.js'
import { ordersRouter } from './routes/orders.js'
import { productsRouter } from './routes/products.js'

export const app = express()

app.use(express.json())
app.use('/orders', ordersRouter)
app.use('/products', productsRouter)
app.use(notFound)
