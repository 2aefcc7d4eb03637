# The image of one of our services or sites, or of the gateway: its sources, as Node runs them, and their production dependencies.
#
#   docker build -f deploy/service.Dockerfile --build-arg WORKSPACE=services/auth -t tsmicro/auth .
#
# The tag is the version of Node that package.json names; a digest belongs behind it where the registry can be asked for one.
FROM node:24.21.0-trixie-slim AS build
ARG WORKSPACE
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
COPY contracts contracts
COPY services services
COPY sites sites
COPY gateway gateway
RUN npm ci --workspace "$WORKSPACE" --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-trixie-slim
ARG WORKSPACE
ENV NODE_ENV=production SERVER_HOST=0.0.0.0 SERVER_PORT=8000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY --from=build /app/contracts contracts
COPY --from=build /app/${WORKSPACE} ${WORKSPACE}
COPY deploy/health-check.ts ./
# The files belong to root, the process does not: it cannot change what it runs.
USER 1000:1000
WORKDIR /app/${WORKSPACE}
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 CMD ["node", "/app/health-check.ts"]
CMD ["node", "src/main.ts"]
