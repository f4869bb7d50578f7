import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'
import PostsController from '#controllers/posts_controller'
import { HealthController } from '#controllers/health_controller'
import '#start/routes/admin'

router.get('/', () => ({ name: 'press-room', sections: ['users', 'posts', 'admin'] }))

router.get('/health', [HealthController, 'show'])

router
  .group(() => {
    router.get('/', [UsersController, 'index'])
    router.post('/', [UsersController, 'store'])
    router.get('/:id', [UsersController, 'show'])
    router.get('/:id/welcome', [UsersController, 'welcome'])
  })
  .prefix('/users')
  .where('id', router.matchers.number())

router.resource('posts', PostsController).only(['index', 'store', 'show']).where('id', router.matchers.number())
