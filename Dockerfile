# syntax=docker/dockerfile:1
FROM node:22.21.1-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
COPY test ./test
COPY models ./models
RUN npm run build \
 && node dist/src/cli/main.js models build \
 && node dist/src/cli/main.js models verify \
 && npm prune --omit=dev

FROM node:22.21.1-bookworm-slim
ENV NODE_ENV=production \
    FACEMATCH_HOST=0.0.0.0 \
    FACEMATCH_DATABASE=/data/facematch.db \
    FACEMATCH_KEYRING=/keyring/keyring.db \
    FACEMATCH_KEYRING_MIRROR=/keyring-mirror/keyring.db
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY --from=build /app/dist/console ./dist/console
COPY --from=build /app/models ./models
RUN mkdir -p /data /keyring /keyring-mirror && chown node:node /data /keyring /keyring-mirror
USER node
VOLUME ["/data", "/keyring", "/keyring-mirror"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["serve"]
