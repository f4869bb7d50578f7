import { defineConfig } from '@adonisjs/core/bodyparser'

export default defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],

  json: {
    types: ['application/json', 'application/vnd.api+json'],
    limit: '1mb',
    convertEmptyStringsToNull: true,
  },

  form: {
    types: ['application/x-www-form-urlencoded'],
    limit: '1mb',
    convertEmptyStringsToNull: true,
  },

  multipart: {
    types: ['multipart/form-data'],
    limit: '5mb',
    autoProcess: true,
    processManually: [],
    convertEmptyStringsToNull: true,
  },
})
