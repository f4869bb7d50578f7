import router from '@adonisjs/core/services/router'
import ReportsController from '#controllers/admin/reports_controller'
import { middleware } from '#start/kernel'

router
  .group(() => {
    router.get('/reports', [ReportsController, 'index'])
    router.get('/reports/:week', [ReportsController, 'show'])
  })
  .prefix('/admin')
  .use(middleware.desk({ name: 'editors' }))
