export const products = [
  { id: '1', name: 'Lamp' },
  { id: '2', name: 'Chair' },
]

export const orders: unknown[] = []
