# syntax=docker/dockerfile:1
# A tag can be moved, a digest cannot: `docker buildx imagetools inspect node:22.21.1-bookworm-slim` shows it, and
# `--build-arg NODE_IMAGE=node:22.21.1-bookworm-slim@sha256:...` pins it.
ARG NODE_IMAGE=node:22.21.1-bookworm-slim
FROM ${NODE_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The npm of this image does not know allowScripts: so no install script runs but the one that is needed.
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY tsconfig.json ./
COPY src ./src
COPY test ./test
COPY models ./models
RUN npm run build \
 && node dist/src/cli/main.js models build \
 && node dist/src/cli/main.js models verify \
 && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    FACEMATCH_HOST=0.0.0.0 \
    FACEMATCH_DATABASE=/data/facematch.db \
    FACEMATCH_KEYRING=/keyring/keyring.db \
    FACEMATCH_KEYRING_MIRROR=/keyring-mirror/keyring.db
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY --from=build /app/dist/native ./dist/native
COPY --from=build /app/dist/console ./dist/console
COPY --from=build /app/models ./models
# Package managers are no use to a service, only to whoever breaks into it.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
 && mkdir -p /data /keyring /keyring-mirror && chown node:node /data /keyring /keyring-mirror
USER node
VOLUME ["/data", "/keyring", "/keyring-mirror"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["serve"]
